import { readFileSync } from 'node:fs';
import t from 'tap';
import { bearer, parsed, type Sent } from '../send.ts';
import { type Stage, setStage } from '../stage.ts';

const raw = async ({ issuer, send }: Stage, body: string, headers = {}) =>
  send('/mcp', { body, headers: { ...bearer(await issuer.token()), ...headers } });

t.test('initialize agrees on a version and says what is served', async (t) => {
  const { mcp } = await setStage(t);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const agreed = {
    '2025-11-25': '2025-11-25',
    '2025-06-18': '2025-06-18',
    '2025-03-26': '2025-03-26',
    '2024-11-05': '2024-11-05',
    '1999-01-01': '2025-11-25',
    '2026-07-28': '2025-11-25',
  };
  for (const [protocolVersion, answered] of Object.entries(agreed)) {
    // The header of a version not agreed on yet is no obstacle to agreeing.
    const sent = { headers: { 'mcp-protocol-version': protocolVersion } };
    const got = await mcp('initialize', { protocolVersion, capabilities: {} }, sent);
    t.equal(got.status, 200);
    t.match(got.headers['content-type'], 'application/json');
    t.equal(got.headers['mcp-session-id'], undefined, 'stateless');
    const serverInfo = { name: 'openai-auth0-gateway', title: 'openai-auth0-gateway', version };
    const result = { protocolVersion: answered, capabilities: { tools: {} }, serverInfo };
    t.same(parsed(got), { jsonrpc: '2.0', id: 7, result });
  }
});

t.test('a version that is not spoken is 400 and names those that are', async (t) => {
  const { mcp } = await setStage(t);
  const future = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } };
  const supported = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
  const cases: [params: object, sent: Sent, requested: string][] = [
    [{}, { headers: { 'mcp-protocol-version': '1999-01-01' } }, '1999-01-01'],
    [{}, { headers: { 'mcp-protocol-version': '' } }, ''],
    [future, { headers: { 'mcp-protocol-version': '2099-01-01' } }, '2099-01-01'],
  ];
  for (const [params, sent, requested] of cases) {
    const got = await mcp('ping', params, sent);
    t.equal(got.status, 400);
    const error = { code: -32022, message: 'Unsupported protocol version' };
    t.same(parsed(got)['error'], { ...error, data: { supported, requested } });
  }
  const spoken = await mcp(
    'ping',
    { _meta: 7 },
    { headers: { 'mcp-protocol-version': '2025-06-18' } },
  );
  t.equal(spoken.status, 200);
});

t.test(
  'ping is answered, notifications and responses are taken with 202 and no body',
  async (t) => {
    const stage = await setStage(t);
    t.same(parsed(await stage.mcp('ping')), { jsonrpc: '2.0', id: 7, result: {} });
    for (const body of [
      '{"jsonrpc":"2.0","method":"notifications/initialized"}',
      '{"jsonrpc":"2.0","method":"anything","params":{}}',
      '{"jsonrpc":"2.0","id":1,"result":{}}',
      '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}',
    ]) {
      const got = await raw(stage, body);
      t.equal(got.status, 202, body);
      t.equal(got.text, '');
    }
    t.same(stage.backend.received, []);
  },
);

t.test('what is no message, or no JSON, is 400 in the words of JSON-RPC', async (t) => {
  const stage = await setStage(t);
  const one = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
  for (const body of ['', '{}', '[]', `[${one}]`, '7', 'null', '{"jsonrpc":"2.0","id":1}']) {
    const got = await raw(stage, body);
    t.equal(got.status, 400, body);
    const id = body.includes('"id":1}') && body.startsWith('{') ? 1 : null;
    const error = { code: -32600, message: 'Send one JSON-RPC 2.0 message.' };
    t.same(parsed(got), { jsonrpc: '2.0', id, error });
  }
  for (const body of [
    '{',
    '{"a":}',
    'ping',
    '{"__proto__":{}}',
    '{"constructor":{"prototype":{}}}',
  ]) {
    const got = await raw(stage, body);
    t.equal(got.status, 400, body);
    const error = { code: -32700, message: 'The body is not JSON.' };
    t.same(parsed(got), { jsonrpc: '2.0', id: null, error });
  }
});

t.test('an unknown method is -32601 with HTTP 200', async (t) => {
  const { mcp } = await setStage(t);
  for (const method of ['resources/list', 'prompts/list', 'logging/setLevel', 'toString', '']) {
    const got = await mcp(method);
    t.equal(got.status, 200);
    const error = { code: -32601, message: `Method not found: ${method}` };
    t.same(parsed(got), { jsonrpc: '2.0', id: 7, error });
  }
});

t.test('tools/call needs the name of a tool', async (t) => {
  const { mcp, backend } = await setStage(t);
  for (const params of [{}, { name: 7 }, { arguments: {} }]) {
    const error = { code: -32602, message: 'tools/call needs the name of a tool' };
    t.same(parsed(await mcp('tools/call', params)), { jsonrpc: '2.0', id: 7, error });
  }
  t.same(backend.received, []);
});

t.test('a call takes its arguments, none is an empty object', async (t) => {
  const { mcp, backend } = await setStage(t);
  await mcp('tools/call', { name: 'listEvents', arguments: { day: 'today' } });
  await mcp('tools/call', { name: 'listEvents' });
  t.same(
    backend.received.map(({ body }) => body),
    ['{"day":"today"}', '{}'],
  );
  const wrong = await mcp('tools/call', { name: 'listEvents', arguments: [] });
  t.match(parsed(wrong), { result: { isError: true } });
  t.equal(backend.received.length, 2);
});

t.test('a tool name of any length is refused, and cut in the log', async (t) => {
  const { mcp, gateway } = await setStage(t);
  const got = await mcp('tools/call', { name: 'x'.repeat(100_000) });
  t.match(parsed(got), { error: { code: -32602 } });
  t.equal(gateway.lines.at(-1)?.['tool'], 'x'.repeat(64));
});

t.test('Accept, session and event headers of clients are no obstacle', async (t) => {
  const { mcp } = await setStage(t);
  for (const accept of [
    '*/*',
    'application/json',
    'application/json, text/event-stream',
    'text/html',
  ]) {
    const headers = { accept, 'mcp-session-id': 'old', 'last-event-id': '4' };
    t.equal((await mcp('ping', {}, { headers })).status, 200, accept);
  }
});

t.test('GET and DELETE are 405', async (t) => {
  const { issuer, send } = await setStage(t);
  for (const method of ['GET', 'DELETE']) {
    const headers = { ...bearer(await issuer.token()), accept: 'text/event-stream' };
    t.match(await send('/mcp', { method, headers }), { status: 405, headers: { allow: 'POST' } });
  }
});
