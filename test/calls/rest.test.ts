import t from 'tap';
import { json } from '../recorder.ts';
import { bearer, parsed } from '../send.ts';
import { type Entry, setStage } from '../stage.ts';

t.test('the answer passes through with its status and the headers that may pass', async (t) => {
  const { call, backend } = await setStage(t);
  const dropped = {
    'set-cookie': ['session=1', 'b=2'],
    'www-authenticate': 'Bearer realm="backend"',
    location: 'https://backend.internal/x',
    'x-request-id': 'of-the-backend',
    'x-internal': 'host-7',
    'access-control-allow-origin': '*',
  };
  const passed = { 'content-type': 'application/problem+json', etag: '"1"', 'retry-after': '9' };
  for (const status of [200, 201, 400, 401, 403, 404, 409, 422, 429, 500, 503]) {
    backend.answer = (response) => {
      response.writeHead(status, { ...passed, ...dropped });
      response.end('{ "as": "it is" }');
    };
    const got = await call('listEvents');
    t.equal(got.status, status);
    t.equal(got.text, '{ "as": "it is" }', 'byte for byte');
    t.match(got.headers, passed);
    for (const name of Object.keys(dropped).filter((one) => one !== 'x-request-id')) {
      t.equal(got.headers[name], undefined, `${status} without ${name}`);
    }
    t.match(got.headers['x-request-id'], /^[0-9a-f-]{36}$/, 'ours');
  }
});

t.test('bytes that are no text pass too', async (t) => {
  const bytes = Buffer.from([0, 255, 128, 10]);
  const { gateway, issuer } = await setStage(t, {
    answer: (response) => response.writeHead(200, { 'content-type': 'image/png' }).end(bytes),
  });
  const init = { method: 'POST', headers: bearer(await issuer.token()) };
  const got = await fetch(`${gateway.url}/tools/listEvents`, init);
  t.equal(got.headers.get('content-type'), 'image/png');
  t.same(Buffer.from(await got.arrayBuffer()), bytes);
});

t.test('an empty body is an empty object, and null is not', async (t) => {
  const { send, call, issuer, backend } = await setStage(t);
  const headers = bearer(await issuer.token());
  t.equal((await call('listEvents', '')).status, 200);
  t.equal((await send('/tools/listEvents', { method: 'POST', headers })).status, 200);
  t.same(
    backend.received.map(({ body }) => body),
    ['{}', '{}'],
  );
  for (const body of ['null', '[]', '"text"', '7']) {
    const got = await call('listEvents', body);
    t.equal(got.status, 400, body);
    t.match(parsed(got), { error: 'invalid_input' });
  }
  t.equal(backend.received.length, 2);
});

const strict: Entry = {
  name: 'strict',
  inputSchema: {
    type: 'object',
    properties: { day: { type: 'string', format: 'date' }, count: { type: 'integer', default: 3 } },
    required: ['day'],
    additionalProperties: false,
  },
};

t.test('input is judged before anything is sent, and not changed', async (t) => {
  const { call, backend } = await setStage(t, { tools: [strict] });
  for (const body of [
    {},
    { day: 'soon' },
    { day: '2026-11-21', more: 1 },
    { day: '2026-11-21', count: '3' },
  ]) {
    const got = await call('strict', body);
    t.equal(got.status, 400);
    t.match(parsed(got), { error: 'invalid_input', error_description: /input schema: / });
  }
  t.same(backend.received, []);
  backend.answer = json({});
  t.equal((await call('strict', { day: '2026-11-21' })).status, 200);
  t.equal(backend.received[0]?.body, '{"day":"2026-11-21"}', 'no default filled in');
});

t.test('GET /auth/me says who the gateway takes the caller for', async (t) => {
  const { issuer, send } = await setStage(t);
  const got = await send('/auth/me', { headers: bearer(await issuer.token()) });
  t.equal(got.status, 200);
  t.equal(got.headers['cache-control'], 'no-store');
  const expected = { subject: 'auth0|person', client_id: 'tpc_client', scopes: ['events:read'] };
  t.same(parsed(got), { ...expected, machine: false });
  t.equal((await send('/auth/me')).status, 401);
});

t.test('GET /auth/me needs a token where tools are public, too', async (t) => {
  const { send } = await setStage(t, { tools: [{ name: 'look', public: true }] });
  const got = await send('/auth/me');
  t.equal(got.status, 401);
  t.match(parsed(got), { error: 'missing_token' });
  t.match(
    got.headers['www-authenticate'],
    /^Bearer resource_metadata="[^"]+"$/,
    'no scope to name',
  );
});

t.test('GET /auth/me without a token names what all tools together need', async (t) => {
  const tools = [
    { name: 'look', public: true },
    { name: 'read', scopes: ['b', 'a'] },
  ];
  const { send } = await setStage(t, { tools });
  t.match((await send('/auth/me')).headers['www-authenticate'], /, scope="a b"$/);
});

t.test('names may be percent-encoded; what is below a tool is nothing', async (t) => {
  const { call, send } = await setStage(t);
  t.equal((await call('%6cistEvents')).status, 200);
  for (const path of [
    '/tools/listEvents/',
    '/tools/listEvents/x',
    '/tools/',
    '/tools',
    '//tools/listEvents',
  ]) {
    t.equal((await send(path, { body: {} })).status, path === '/tools/' ? 401 : 404, path);
  }
});
