import t from 'tap';
import type { AnswerWith } from '../../recorder.ts';
import { bearer, parsed, type Sent } from '../../send.ts';
import { setStage } from '../../stage.ts';

const anonymous: Sent = { headers: { authorization: [] } };
const ui = { ui: { prefersBorder: true } };
const widget = {
  uri: 'ui://widget/a.html',
  name: 'a.html',
  title: 'A',
  mimeType: 'text/html;profile=mcp-app',
  _meta: ui,
  file: 'a.html',
};
const report = { uri: 'report://today', name: 'today', path: 'reports/today', scopes: ['reports'] };
const person = {
  uriTemplate: 'people://{id}/card',
  name: 'card',
  description: 'A card.',
  mimeType: 'text/vcard',
  path: 'card',
};
const more = { resources: [widget, report, person] };
const files = { 'a.html': '<p>ü</p>' };
const scope = 'reports events:read';

const text =
  (body: string, headers: Record<string, string> = {}, status = 200): AnswerWith =>
  (response) => {
    response.writeHead(status, { 'content-type': 'text/plain', ...headers });
    response.end(body);
  };
const resultOf = (body: Record<string, unknown>) => Object(body['result']);

t.test('resources and templates are listed without what only the gateway needs', async (t) => {
  const { mcp, modern } = await setStage(t, { more, files });
  const { file: _, ...listed } = widget;
  t.same(resultOf(parsed(await mcp('resources/list'))), {
    resources: [
      { ...listed, size: 9 },
      { uri: 'report://today', name: 'today' },
    ],
  });
  const { path: __, ...template } = person;
  t.same(resultOf(parsed(await mcp('resources/templates/list'))), {
    resourceTemplates: [template],
  });
  const cached = { ttlMs: 300_000, cacheScope: 'private', resultType: 'complete' };
  t.match(resultOf(parsed(await modern('resources/list'))), cached);
  t.match(resultOf(parsed(await modern('resources/templates/list'))), cached);
});

t.test('the UI extension is declared where there is a widget, with its types', async (t) => {
  const { mcp, modern } = await setStage(t, { more, files });
  const mimeTypes = ['text/html;profile=mcp-app'];
  const extensions = { 'io.modelcontextprotocol/ui': { mimeTypes } };
  const capabilities = { tools: {}, resources: {}, extensions };
  t.same(resultOf(parsed(await mcp('initialize'))).capabilities, capabilities);
  t.same(resultOf(parsed(await modern('server/discover'))).capabilities, capabilities);
});

t.test('a file is read with all of its _meta, and the backend hears nothing of it', async (t) => {
  const { mcp, modern, backend } = await setStage(t, { more, files });
  const { uri, mimeType } = widget;
  const contents = [{ uri, mimeType, text: '<p>ü</p>', _meta: ui }];
  t.same(resultOf(parsed(await mcp('resources/read', { uri }))), { contents });
  const read = resultOf(parsed(await modern('resources/read', { uri })));
  t.match(read, { contents, ttlMs: 300_000, cacheScope: 'private' });
  t.same(backend.received, []);
});

t.test('a public file is for everybody, and may be kept by anybody', async (t) => {
  const open = { ...widget, public: true, mimeType: undefined };
  const tools = [{ name: 'look', public: true }];
  const { modern } = await setStage(t, { tools, more: { resources: [open, report] }, files });
  const read = resultOf(parsed(await modern('resources/read', { uri: open.uri }, anonymous)));
  t.match(read, { contents: [{ mimeType: 'text/html' }], cacheScope: 'public' });
  const closed = await modern('resources/read', { uri: report.uri }, anonymous);
  t.equal(closed.status, 401);
  t.match(closed.headers['www-authenticate'], /scope="reports"/);
});

t.test('a resource of the backend is asked for as the caller', async (t) => {
  const headers = { 'cache-control': 'private, max-age=60' };
  const { issuer, modern, mcp, backend } = await setStage(t, {
    more,
    files,
    answer: text('all well', headers),
  });
  const sent = { headers: bearer(await issuer.token({ scope })) };
  const got = resultOf(parsed(await modern('resources/read', { uri: report.uri }, sent)));
  const contents = [{ uri: report.uri, mimeType: 'text/plain', text: 'all well' }];
  t.match(got, { contents, ttlMs: 60_000, cacheScope: 'private' });
  const uri = 'people://J%C3%BCrgen/card';
  t.match(resultOf(parsed(await mcp('resources/read', { uri }, sent))), {
    contents: [{ uri, mimeType: 'text/vcard', text: 'all well' }],
  });
  const [first, second] = backend.received;
  t.match(first, { method: 'POST', path: '/reports/today' });
  t.match(first?.headers, { 'x-user-id': 'auth0|person', 'x-tool-name': 'resources/today' });
  t.ok(first?.headers['signature'], 'signed as every call is');
  t.same(JSON.parse(first?.body ?? ''), { uri: report.uri });
  t.same(JSON.parse(second?.body ?? ''), { uri, id: 'Jürgen' });
  t.notMatch(JSON.stringify(backend.received), /Bearer/);
});

t.test('too little scope is 403 for every client, ChatGPT too', async (t) => {
  const { mcp, backend, gateway } = await setStage(t, { more, files });
  const headers = { 'user-agent': 'openai-mcp/1.0.0' };
  const got = await mcp('resources/read', { uri: report.uri }, { headers });
  t.equal(got.status, 403);
  t.match(got.headers['www-authenticate'], /insufficient_scope.*scope="reports events:read"/);
  t.same(backend.received, []);
  t.match(gateway.lines.at(-1), { code: 'insufficient_scope', tool: 'resources/today' });
});

t.test('what is not there is said in the code of the era, with its uri', async (t) => {
  const { mcp, modern, issuer } = await setStage(t, { more, files, answer: text('no', {}, 404) });
  const sent = { headers: bearer(await issuer.token({ scope })) };
  for (const uri of ['ui://nothing', report.uri, 'people://1/2/card', 'constructor']) {
    const error = { message: 'Resource not found', data: { uri } };
    const old = parsed(await mcp('resources/read', { uri }, sent));
    t.match(old, { error: { ...error, code: -32002 } });
    const now = parsed(await modern('resources/read', { uri }, sent));
    t.match(now, { error: { ...error, code: -32602 } });
  }
  t.match(parsed(await mcp('resources/read', {})), { error: { code: -32602 } });
});

t.test('a backend that fails is an internal error, without its address', async (t) => {
  const stage = await setStage(t, { more, files, answer: text('boom', {}, 500) });
  const { mcp, backend, gateway, issuer } = stage;
  const sent = { headers: bearer(await issuer.token({ scope })) };
  const failed = await mcp('resources/read', { uri: report.uri }, sent);
  t.equal(failed.status, 200);
  t.match(parsed(failed), { error: { code: -32603, message: /status 500/ } });
  backend.close();
  const down = await mcp('resources/read', { uri: report.uri }, sent);
  t.match(parsed(down), { error: { code: -32603, data: { error: 'upstream_failed' } } });
  t.notMatch(down.text, /127\.0\.0\.1/);
  const refused = gateway.lines.filter(({ granted }) => granted === false);
  t.match(refused.at(-1), { code: 'upstream_failed', tool: 'resources/today' });
});

t.test('with TOOLS_LIST=allowed a list shows what the caller may read', async (t) => {
  const env = { TOOLS_LIST: 'allowed' };
  const { mcp, issuer } = await setStage(t, { more, files, env });
  const names = async (sent?: Sent) =>
    resultOf(parsed(await mcp('resources/list', {}, sent))).resources.map(Object);
  t.match(await names(), [{ name: 'a.html' }]);
  const sent = { headers: bearer(await issuer.token({ scope })) };
  t.match(await names(sent), [{ name: 'a.html' }, { name: 'today' }]);
});

t.test('a resource cannot be called as a tool, by neither door', async (t) => {
  const { call, mcp, backend } = await setStage(t, { more, files });
  t.equal((await call('resources%2Ftoday')).status, 404);
  const got = parsed(await mcp('tools/call', { name: 'resources/today' }));
  t.match(got, { error: { code: -32602 } });
  t.same(backend.received, []);
});

t.test('an interactive resource may ask first', async (t) => {
  const asking = { ...report, scopes: [], interactive: true };
  const answer: AnswerWith = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"resultType":"input_required","requestState":"s"}');
  };
  const { modern, mcp } = await setStage(t, { more: { resources: [asking] }, answer });
  const got = resultOf(parsed(await modern('resources/read', { uri: asking.uri })));
  t.match(got, { resultType: 'input_required', requestState: String });
  t.notOk('ttlMs' in got);
  const old = parsed(await mcp('resources/read', { uri: asking.uri }));
  t.match(old, { error: { code: -32603, message: /2026-07-28/ } });
  const stale = await modern('resources/read', { uri: asking.uri, requestState: 'x' });
  t.match(parsed(stale), { error: { code: -32602 } });
});

t.test(
  'a file that needs a scope is for those who have it, and every reading leaves a line',
  async (t) => {
    const secret = { ...widget, scopes: ['reports'] };
    const { mcp, issuer, gateway } = await setStage(t, { more: { resources: [secret] }, files });
    const { uri } = secret;
    const refused = await mcp('resources/read', { uri });
    t.equal(refused.status, 403);
    t.notMatch(refused.text, /<p>/);
    const sent = { headers: bearer(await issuer.token({ scope })) };
    t.match(resultOf(parsed(await mcp('resources/read', { uri }, sent))), { contents: [{ uri }] });
    await mcp('resources/read', { uri: 'ui://none' }, sent);
    t.match(gateway.lines.slice(-3), [
      { granted: false, code: 'insufficient_scope', tool: 'resources/a.html' },
      { granted: true, status: 200, tool: 'resources/a.html', sub: 'auth0|person', ms: Number },
      { granted: false, code: 'not_found' },
    ]);
  },
);

t.test(
  "a public file of a catalog whose tools are all closed is nobody else's to keep",
  async (t) => {
    const open = { ...widget, public: true };
    const { modern } = await setStage(t, { more: { resources: [open] }, files });
    const got = resultOf(parsed(await modern('resources/read', { uri: open.uri })));
    t.match(got, { cacheScope: 'private' });
  },
);

t.test('what is gone is not found either, and a queue that is full says so by HTTP', async (t) => {
  const stage = await setStage(t, { more, files, answer: text('no', {}, 410) });
  const { mcp, issuer } = stage;
  const sent = { headers: bearer(await issuer.token({ scope })) };
  t.match(parsed(await mcp('resources/read', { uri: report.uri }, sent)), {
    error: { code: -32002 },
  });
  const few = { ...report, scopes: [], rateLimitPerMinute: 1 };
  const limited = await setStage(t, { more: { resources: [few] }, answer: text('ok') });
  await limited.mcp('resources/read', { uri: few.uri });
  const second = await limited.mcp('resources/read', { uri: few.uri });
  t.equal(second.status, 429);
  t.match(parsed(second), { error: { data: { error: 'too_many_requests', reason: 'tool' } } });
});

t.test('a file of no known kind is bytes without a type', async (t) => {
  const bytes = { uri: 'data://a', name: 'a', file: 'a.unknown' };
  const { mcp } = await setStage(t, { more: { resources: [bytes] }, files: { 'a.unknown': 'x' } });
  const { uri } = bytes;
  const contents = [{ uri, blob: Buffer.from('x').toString('base64') }];
  t.same(resultOf(parsed(await mcp('resources/read', { uri }))), { contents });
});
