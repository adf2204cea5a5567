import t, { type Test } from 'tap';
import { openDoor } from '../../../../examples/rehearsal/door.ts';
import { createFetch } from '../../../../examples/rehearsal/http.ts';
import type { NamedCall } from '../../../../examples/rehearsal/options.ts';
import { anonymous, read } from '../../../../examples/rehearsal/steps/call.ts';
import { toolsList } from '../../../../examples/rehearsal/steps/tools-list.ts';
import { rejected } from '../rejected.ts';
import { mcp, type Script, type Scripted, serve, tool } from '../serve.ts';

const fetch = createFetch('test/1');

const play = async (t: Test, script: Script, granted: string[], named?: NamedCall) => {
  const url = new URL(`${await serve(t, mcp(script))}/mcp`);
  const door = openDoor(url, fetch, () => 'token');
  t.teardown(() => door.close());
  const { value: tools } = await toolsList(door);
  return read(door, tools, granted, named);
};

const needy = { inputSchema: { type: 'object', properties: { q: {} }, required: ['q'] } };
const writes = {
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
};
const says = (text: string): Scripted => ({ result: { content: [{ type: 'text', text }] } });
const echoText = (name: string, input: unknown) => says(`${name} ${JSON.stringify(input)}`);

t.test('the tool that needs least is read', async (t) => {
  const [open, anyone] = [
    tool('open', []),
    tool('anyone', [], { securitySchemes: [{ type: 'oauth2', scopes: [] }] }),
  ];
  const all = [open, anyone, tool('find', ['r'], needy), tool('list', ['r'])];
  const detailOf = async (tools: unknown[], granted: string[]) =>
    (await play(t, { tools: [tool('add', ['w'], writes), ...tools], call: echoText }, granted))
      .detail;
  t.equal(await detailOf(all, ['r', 'w']), 'list: list {}', 'a scope and no input');
  t.equal(
    await detailOf(all.slice(0, 3), ['r']),
    'find: find {"q":"rehearsal"}',
    'then with input',
  );
  t.equal(await detailOf(all, []), 'anyone: anyone {}', 'then without scope');
  t.match(await detailOf([open], ['w']), /no read-only tool/, 'else none');
});

t.test('a named tool is called with its input, or an invented one', async (t) => {
  const script = { tools: [tool('find', ['r'], needy)], call: echoText };
  const find = (input: NamedCall['input']) => play(t, script, [], { name: 'find', input });
  t.equal((await find({ q: 'x' })).detail, 'find: find {"q":"x"}');
  t.equal((await find(undefined)).detail, 'find: find {"q":"rehearsal"}');
  const lost = rejected(play(t, script, [], { name: 'fnd', input: {} }));
  t.match(await lost, { failure: { expected: /fnd/, came: 'find' } });
});

t.test('parts that are no text are named', async (t) => {
  const image = { type: 'image', data: '', mimeType: 'image/png' };
  const call = () => ({ result: { content: [image] } });
  t.equal((await play(t, { tools: [tool('list', ['r'])], call }, ['r'])).detail, 'list: image');
});

const wrongResult = (text: string, header?: string): Scripted => ({
  result: {
    content: [{ type: 'text', text }],
    isError: true,
    _meta: header === undefined ? {} : { 'mcp/www_authenticate': [header] },
  },
});
const down = { error: 'upstream_failed', error_description: 'The backend is away.' };

const wrong: [string, Scripted, object][] = [
  [
    'a backend that is away',
    { reply: { status: 502, body: down } },
    { came: /HTTP 502 upstream_failed/, fix: /backend.*FUNCTIONS_BASE/ },
  ],
  ['a backend that is away, said in a result', wrongResult('HTTP 503'), { fix: /FUNCTIONS_BASE/ }],
  ['a backend that does not like it', wrongResult('bad'), { came: 'isError: bad', fix: /itself/ }],
  [
    'a challenge in a result',
    wrongResult('no', 'Bearer error="insufficient_scope", scope="r"'),
    { fix: /permission r / },
  ],
  [
    'a challenge without scope',
    wrongResult('no', 'Bearer error="insufficient_scope"'),
    { fix: /RBAC/ },
  ],
  [
    'a refusal by challenge',
    {
      reply: {
        status: 403,
        headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="r"' },
        body: {},
      },
    },
    { fix: /permission r / },
  ],
  [
    'a refusal without scope',
    {
      reply: {
        status: 403,
        headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
        body: {},
      },
    },
    { fix: /RBAC/ },
  ],
  ['a refusal nobody knows', { reply: { status: 418, body: {} } }, { fix: /request id/ }],
];
for (const [name, said, failure] of wrong) {
  t.test(`${name}: a failure`, async (t) => {
    const script = { tools: [tool('list', ['r'])], call: () => said };
    t.match(await rejected(play(t, script, ['r'])), { failure });
  });
}

t.test('a public tool answers without a token', async (t) => {
  const call = (name: string, input: unknown, authorization: string | undefined) => {
    t.equal(authorization, undefined);
    return echoText(name, input);
  };
  const tools = [tool('list', ['r']), tool('open', [])];
  const gateway = async (script: Script) =>
    anonymous(new URL(`${await serve(t, mcp(script))}/mcp`), fetch);
  t.equal((await gateway({ tools, call })).detail, 'open: open {}');
  t.match(await gateway({ tools: tools.slice(0, 1) }), { skipped: true });
  t.match(await gateway({ tools, refuse: { status: 401, body: {} } }), { skipped: true });
});
