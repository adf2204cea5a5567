import t from 'tap';
import { recognise } from '../../src/clients/recognise.ts';
import { registration, type Shape } from './records.ts';

const yes: [name: string, shape: Shape][] = [
  ['the record as inferred', {}],
  ['a method in capitals', { method: 'POST' }],
  ['another description at the endpoint', { description: 'Something new' }],
  ['the description alone', { path: '/elsewhere' }],
  ['a description in capitals', { description: 'DYNAMIC CLIENT REGISTRATION', path: '/x' }],
  ['a longer description', { description: 'Success: Dynamic Client Registration', path: '' }],
  ['a prefixed path', { path: '/tenant/oidc/register', description: '' }],
  ['a path with a query', { path: '/oidc/register?x=1', description: '' }],
  ['a status of 200', { status: 200 }],
  ['a status as text', { status: '201' }],
];

for (const [name, shape] of yes) {
  t.test(`a registration: ${name}`, async (t) => {
    const logId = '90020261101020606888000000000001';
    t.strictSame(recognise(registration(shape)), { clientId: 'tpc_new', logId, name: 'ChatGPT' });
  });
}

const no: [name: string, shape: Shape][] = [
  ['a login', { type: 's' }],
  ['a failed API operation', { type: 'fapi' }],
  [
    'a client made by an administrator',
    { description: 'Create a client', path: '/api/v2/clients' },
  ],
  ['another operation', { description: 'Update a client', path: '/api/v2/clients/tpc_new' }],
  ['a refused registration', { status: 400 }],
  ['a redirect', { status: 302 }],
  ['a status that is none', { status: 'created' }],
  ['a read at the endpoint', { method: 'get', description: '' }],
  ['a path that only begins so', { path: '/oidc/register/more', description: '' }],
  ['no id of a client', { clientId: undefined }],
  ['an empty id', { clientId: '' }],
  ['an id that is no text', { clientId: { $ne: null } }],
];

for (const [name, shape] of no) {
  t.test(`no registration: ${name}`, async (t) => {
    t.equal(recognise(registration({ ...shape, caller: 'the_caller' })), undefined);
  });
}

t.test("the record's own client_id is the caller and is never taken", async (t) => {
  const record = registration({ caller: 'the_caller' });
  t.equal(recognise(record)?.clientId, 'tpc_new');
});

t.test('records that lack parts', async (t) => {
  const endless = { type: 'sapi', description: 'Dynamic client registration' };
  const bodies: [record: Record<string, unknown>, clientId: string | undefined][] = [
    [{}, undefined],
    [endless, undefined],
    [{ ...endless, details: 'text' }, undefined],
    [{ ...endless, details: { response: null } }, undefined],
    [{ ...endless, details: { response: { statusCode: 201 } } }, undefined],
    [{ ...endless, details: { response: { statusCode: 201, body: [] } } }, undefined],
    [{ ...endless, details: { response: { statusCode: 201, body: { client_id: 'a' } } } }, 'a'],
    [
      {
        type: 'sapi',
        details: {
          request: { path: '/oidc/register' },
          response: { statusCode: 201, body: { client_id: 'b' } },
        },
      },
      'b',
    ],
  ];
  for (const [record, clientId] of bodies) t.equal(recognise(record)?.clientId, clientId);
  t.strictSame(
    recognise({
      ...endless,
      details: { response: { statusCode: 201, body: { client_id: 'a', client_name: 7 } } },
    }),
    { clientId: 'a', logId: undefined, name: undefined },
    'a name or an id that is no text is none',
  );
});
