import t, { type Test } from 'tap';
import { openDoor } from '../../../../examples/rehearsal/door.ts';
import { createFetch } from '../../../../examples/rehearsal/http.ts';
import { modern, pinned } from '../../../../examples/rehearsal/steps/modern.ts';
import { rejected } from '../rejected.ts';
import { type Handler, mcp, type Scripted, serve, speaking, tool } from '../serve.ts';

const play = async (t: Test, handler: Handler, name: string | undefined = 'list') => {
  const url = new URL(`${await serve(t, handler)}/mcp`);
  const open = () => openDoor(url, createFetch('test/1'), () => 'token', pinned);
  const listed = { name, inputSchema: {}, open: false, scopes: ['r'], readOnly: true };
  const call = { tool: { ...listed, widgets: [], flaws: [] }, input: { n: 1 } };
  return modern(open, name === 'none' ? undefined : call, '2025-11-25');
};

const tools = [tool('list', ['r'])];
const newest = () => speaking('2026-07-28', '2025-11-25');
const rpc = (status: number, code: number, data?: object): Scripted => ({
  reply: { status, body: { jsonrpc: '2.0', id: 1, error: { code, message: 'No.', data } } },
});

t.test('the same call is made in the newer protocol', async (t) => {
  const discover: Parameters<typeof mcp>[0]['discover'] = ({ headers }) => {
    t.match(headers, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover' });
    return newest();
  };
  const called: unknown[] = [];
  const call = (...heard: unknown[]) => {
    called.push(heard);
    return { result: { resultType: 'complete', content: [] } };
  };
  const { detail, skipped } = await play(t, mcp({ tools, discover, call }));
  t.equal(skipped, undefined);
  t.equal(detail, '2026-07-28: server/discover, tools/list (1), an answer of list');
  t.strictSame(called, [['list', { n: 1 }, 'Bearer token']]);
});

t.test('without a call it discovers and lists', async (t) => {
  const { detail } = await play(t, mcp({ tools, discover: newest }), 'none');
  t.match(detail, /tools\/list \(1\), none to call/);
});

const others: [string, Scripted | undefined, string][] = [
  ['does not know server/discover', undefined, 'HTTP 200 -32601 Method not found'],
  ['does not know the version', rpc(400, -32000), 'HTTP 400 -32000 No.'],
  ['has no such place', { reply: { status: 404, body: 'no page' } }, 'HTTP 404 no page'],
  ['names its versions', rpc(400, -32022, { supported: ['2025-11-25'] }), 'HTTP 400 -32022 No.'],
  ['offers others', speaking('2025-11-25'), 'as server/discover says'],
];
for (const [name, said, came] of others) {
  t.test(`a gateway that ${name} is not rehearsed in it`, async (t) => {
    const handler = mcp({ tools, ...(said === undefined ? {} : { discover: () => said }) });
    const done = await play(t, handler);
    t.strictSame(done, {
      value: undefined,
      detail: `speaks 2025-11-25 only (${came})`,
      skipped: true,
    });
  });
}

t.test('several versions are all told', async (t) => {
  const discover = () => rpc(400, -32022, { supported: ['2025-11-25', '2025-06-18'] });
  t.match(await play(t, mcp({ tools, discover })), {
    detail: /^speaks 2025-11-25, 2025-06-18 only/,
  });
});

const wrong: [string, Scripted, object][] = [
  [
    'headers that are taken away',
    rpc(400, -32020),
    {
      expected: 'an answer to server/discover in 2026-07-28',
      came: 'HTTP 400 -32020 No.',
      fix: /let MCP-Protocol-Version, Mcp-Method, Mcp-Name and Mcp-Param-\* through/,
    },
  ],
  ['a capability that lacks', rpc(400, -32021), { came: /-32021/ }],
  [
    'a refusal of what it offers',
    rpc(400, -32022, { supported: ['2026-07-28'] }),
    { came: /-32022/ },
  ],
  ['a token it takes elsewhere', { reply: { status: 401, body: {} } }, { came: 'HTTP 401 {}' }],
  [
    'too many requests',
    { reply: { status: 429, body: { error: 'too_many_requests' } } },
    { fix: /Wait a minute/ },
  ],
  ['a gateway in trouble', { reply: { status: 500, body: {} } }, { fix: /request id/ }],
  [
    'an answer that is none',
    { result: { supportedVersions: '2026-07-28' } },
    { expected: /supportedVersions and capabilities/, came: /did not offer/, fix: /-32601/ },
  ],
];
for (const [name, said, failure] of wrong) {
  t.test(`${name}: a failure`, async (t) => {
    t.match(await rejected(play(t, mcp({ tools, discover: () => said }))), { failure });
  });
}

t.test('what cannot be read at all is the error of the client', async (t) => {
  const discover = () => ({ reply: { body: 'a page' } });
  t.match(await rejected(play(t, mcp({ tools, discover }))), { message: /content type/ });
});

t.test('a gateway that discovers must list and answer', async (t) => {
  const said = mcp({ tools, discover: newest, call: () => rpc(400, -32020) });
  const mute: Handler = (request) =>
    request.body.includes('"tools/list"') ? { status: 502, body: {} } : said(request);
  t.match(await rejected(play(t, mute)), { failure: { expected: /tools\/list/, came: /502/ } });
  t.match(await rejected(play(t, said)), { failure: { expected: /list/, fix: /Mcp-Name/ } });
  t.match(await rejected(play(t, said, 'gone')), { failure: { expected: 'a tool called gone' } });
});
