import { readFileSync } from 'node:fs';
import t from 'tap';
import { json } from '../recorder.ts';
import { parsed, type Sent } from '../send.ts';
import { setStage } from '../stage.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const serverInfo = { name: 'openai-auth0-gateway', title: 'openai-auth0-gateway', version };
const _meta = { 'io.modelcontextprotocol/serverInfo': serverInfo };
const anonymous: Sent = { headers: { authorization: [] } };
const open = { name: 'searchVenues', public: true };
const closed = { name: 'listEvents', scopes: ['events:read'] };

t.test('server/discover says what is spoken and offered', async (t) => {
  const { modern } = await setStage(t, { more: { instructions: 'Ask for events.' } });
  const got = await modern('server/discover');
  t.equal(got.status, 200);
  t.same(parsed(got), {
    jsonrpc: '2.0',
    id: 7,
    result: {
      resultType: 'complete',
      supportedVersions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'],
      capabilities: { tools: {} },
      instructions: 'Ask for events.',
      ttlMs: 300_000,
      cacheScope: 'private',
      _meta,
    },
  });
});

t.test('a list is for everybody only where everybody sees the same one', async (t) => {
  const scopeOf = async (options: Parameters<typeof setStage>[1]) => {
    const { modern } = await setStage(t, options);
    return Object(parsed(await modern('tools/list'))['result']);
  };
  const shared = { resultType: 'complete', ttlMs: 300_000, cacheScope: 'public', _meta };
  t.match(await scopeOf({ tools: [open, closed] }), shared);
  t.match(await scopeOf({ tools: [closed] }), { cacheScope: 'private' });
  const allowed = { tools: [open, closed], env: { TOOLS_LIST: 'allowed' } };
  t.match(await scopeOf(allowed), { cacheScope: 'private' });
});

t.test('a result is complete, says who answers and keeps what the backend says', async (t) => {
  const content = [{ type: 'text', text: 'done' }];
  const answer = json({ content, resultType: 'other', _meta: { mine: 1 }, extra: true });
  const { modern } = await setStage(t, { answer });
  const got = await modern('tools/call', { name: 'listEvents' });
  const result = { resultType: 'complete', content, extra: true, _meta: { mine: 1, ..._meta } };
  t.same(parsed(got), { jsonrpc: '2.0', id: 7, result });
});

t.test('the legacy era hears nothing of all that', async (t) => {
  const { mcp } = await setStage(t);
  t.same(Object.keys(Object(parsed(await mcp('tools/list'))['result'])), ['tools']);
  const called = parsed(await mcp('tools/call', { name: 'listEvents' }));
  t.same(called['result'], { content: [{ type: 'text', text: '{}' }], structuredContent: {} });
});

t.test('what the legacy era began with is gone, and all unknown methods are 404', async (t) => {
  const { modern, mcp, gateway } = await setStage(t);
  for (const method of ['initialize', 'ping', 'logging/setLevel', 'resources/list', 'toString']) {
    const got = await modern(method);
    t.equal(got.status, 404, method);
    const error = { code: -32601, message: `Method not found: ${method}` };
    t.same(parsed(got), { jsonrpc: '2.0', id: 7, error });
  }
  t.match(gateway.lines.at(-1), { granted: false, reason: 'protocol', status: 404 });
  t.match(parsed(await mcp('server/discover')), { error: { code: -32601 } });
});

t.test('headers that deny the body are refused before anything is called', async (t) => {
  const { modern, backend, gateway } = await setStage(t);
  const headers = { 'mcp-name': 'addEvent' };
  const got = await modern('tools/call', { name: 'listEvents' }, { headers });
  t.equal(got.status, 400);
  const message = 'Header mismatch: mcp-name does not match the body';
  t.same(parsed(got), { jsonrpc: '2.0', id: 7, error: { code: -32020, message } });
  t.same(backend.received, []);
  const refused = { granted: false, code: 'invalid_request', reason: 'protocol', status: 400 };
  t.match(gateway.lines.at(-1), refused);
});

t.test('an argument that a tool wants in a header must stand there too', async (t) => {
  const region = { type: 'string', 'x-mcp-header': 'Region' };
  const inputSchema = { type: 'object', properties: { region } };
  const { modern, mcp, backend } = await setStage(t, { tools: [{ name: 'query', inputSchema }] });
  const call = { name: 'query', arguments: { region: 'eu' } };
  t.match(parsed(await modern('tools/call', call)), { error: { code: -32020 } });
  const us = await modern('tools/call', call, { headers: { 'mcp-param-region': 'us' } });
  t.match(parsed(us), { error: { code: -32020 } });
  t.same(backend.received, []);
  const eu = await modern('tools/call', call, { headers: { 'Mcp-Param-Region': 'eu' } });
  t.match(parsed(eu), { result: { resultType: 'complete' } });
  t.match(
    parsed(await mcp('tools/call', call)),
    { result: {} },
    'legacy clients know no such mark',
  );
});

t.test(
  'a refusal carries its HTTP status as code, before and after the body is read',
  async (t) => {
    const { modern, issuer } = await setStage(t, { tools: [open, closed] });
    const missing = await modern('tools/call', { name: 'listEvents' }, anonymous);
    t.equal(missing.status, 401);
    t.match(missing.headers['www-authenticate'], /^Bearer resource_metadata=".*\/mcp", scope=/);
    t.match(parsed(missing), { id: 7, error: { code: 401, data: { error: 'missing_token' } } });
    const expired = await issuer.token({ exp: 1 });
    const sent = { headers: { authorization: `Bearer ${expired}` } };
    const invalid = await modern('tools/list', {}, sent);
    t.match(parsed(invalid), { error: { code: 401, data: { reason: 'expired' } } });
    t.notOk('id' in parsed(invalid), 'it is not known yet');
    const poor = { headers: { authorization: `Bearer ${await issuer.token({ scope: 'x' })}` } };
    const lacking = await modern('tools/call', { name: 'listEvents' }, poor);
    t.equal(lacking.status, 403);
    t.match(parsed(lacking), {
      id: 7,
      error: { code: 403, data: { error: 'insufficient_scope' } },
    });
  },
);

t.test(
  'a catalog with a public tool is discovered, listed and called without a token',
  async (t) => {
    const { modern } = await setStage(t, { tools: [open, closed] });
    for (const method of ['server/discover', 'tools/list']) {
      t.match(parsed(await modern(method, {}, anonymous)), { result: { cacheScope: 'public' } });
    }
    const called = await modern('tools/call', { name: 'searchVenues' }, anonymous);
    t.match(parsed(called), { result: { resultType: 'complete' } });
  },
);

t.test(
  'an unknown tool and missing names are -32602; sessions and event ids are ignored',
  async (t) => {
    const { modern } = await setStage(t);
    const unknown = await modern('tools/call', { name: 'nothing' });
    t.equal(unknown.status, 200);
    t.match(parsed(unknown), { error: { code: -32602, data: { error: 'unknown_tool' } } });
    t.match(parsed(await modern('tools/call')), { error: { code: -32602 } });
    const headers = { 'mcp-session-id': 'abc', 'last-event-id': '7' };
    const got = await modern('tools/list', {}, { headers });
    t.equal(got.status, 200);
    t.equal(got.headers['mcp-session-id'], undefined);
  },
);

t.test('notifications are taken', async (t) => {
  const { send, issuer } = await setStage(t);
  const authorization = `Bearer ${await issuer.token()}`;
  const body = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
  const headers = { authorization, 'mcp-protocol-version': '2026-07-28' };
  const got = await send('/mcp', { body, headers });
  t.equal(got.status, 202);
  t.equal(got.text, '');
});

t.test(
  'structured content may be any JSON, and an output schema of any type is told',
  async (t) => {
    const tools = [{ name: 'list', outputSchema: { type: 'array', items: { type: 'integer' } } }];
    const { modern, mcp } = await setStage(t, { tools, answer: json([1, 2]) });
    const called = Object(parsed(await modern('tools/call', { name: 'list' }))['result']);
    t.same(called.structuredContent, [1, 2]);
    const schemaIn = (got: Record<string, unknown>) => Object(got['result']).tools[0].outputSchema;
    t.same(schemaIn(parsed(await modern('tools/list'))), tools[0]?.outputSchema);
    t.equal(schemaIn(parsed(await mcp('tools/list'))), undefined);
    const legacy = Object(parsed(await mcp('tools/call', { name: 'list' }))['result']);
    t.same(legacy, { content: [{ type: 'text', text: '[1,2]' }] });
  },
);

t.test('a trace may come in _meta; the header wins', async (t) => {
  const { modern, backend } = await setStage(t);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01';
  const other = '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-00f067aa0ba902b7-01';
  await modern('tools/call', { name: 'listEvents', _meta: { traceparent } });
  await modern(
    'tools/call',
    { name: 'listEvents', _meta: { traceparent } },
    { headers: { traceparent: other } },
  );
  await modern('tools/call', { name: 'listEvents', _meta: { traceparent: 7 } });
  t.same(
    backend.received.map(({ headers }) => headers['traceparent']),
    [traceparent, other, undefined],
  );
});

t.test('other HTTP methods are 405 in the words of JSON-RPC', async (t) => {
  const { send } = await setStage(t);
  for (const method of ['GET', 'DELETE', 'PUT']) {
    const got = await send('/mcp', { method });
    t.equal(got.status, 405);
    t.equal(got.headers['allow'], 'POST');
    t.match(parsed(got), {
      id: null,
      error: { code: -32001, data: { error: 'method_not_allowed' } },
    });
  }
});
