import t, { type Test } from 'tap';
import { startHost } from '../../examples/widgets/host/serve.ts';
import { json, startRecorder } from '../recorder.ts';
import { send } from '../send.ts';

/** The host's page before something that notes what it is asked and answers like a gateway. */
async function setHost(t: Test, token?: string) {
  const gateway = await startRecorder(t, json({ jsonrpc: '2.0', id: 1, result: {} }));
  const host = await startHost({ mcp: `${gateway.url}/mcp`, token });
  t.teardown(() => host.close());
  return { gateway, url: host.url };
}

t.test('the page finds its scripts and every package it imports', async (t) => {
  const { url } = await setHost(t);
  const page = await send(url);
  t.match(page, { status: 200, headers: { 'content-type': /^text\/html/ } });
  const [, map = ''] = /<script type="importmap">(.+?)<\/script>/.exec(page.text) ?? [];
  const { imports } = JSON.parse(map) as { imports: Record<string, string> };
  const paths = ['/page.js', '/apps.js', '/older.js', '/frame.js', ...Object.values(imports)];
  for (const path of paths) {
    const { status, headers } = await send(`${url}${path}`);
    t.same([status, headers['content-type']], [200, 'text/javascript'], path);
  }
  t.match(imports['@modelcontextprotocol/client/_shims'], /Browser/, 'the one without Node.js');
});

t.test('nothing but JavaScript of the packages and of the page is served', async (t) => {
  const { url } = await setHost(t);
  for (const path of [
    '/serve.ts',
    '/node_modules/zod/package.json',
    '/node_modules/%2e%2e/examples/widgets/host/page.js',
    '/node_modules/..%2fexamples/widgets/host/page.js',
    '/node_modules/no-such-package/index.js',
  ])
    t.equal((await send(`${url}${path}`)).status, 404, path);
});

t.test('calls reach the gateway with the token and what MCP wants, and nothing more', async (t) => {
  const { gateway, url } = await setHost(t, 'the-token');
  const headers = {
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-11-25',
    cookie: 'left=behind',
    authorization: 'Bearer of-the-page',
  };
  const answer = await send(`${url}/mcp`, { body: { jsonrpc: '2.0', id: 1 }, headers });
  t.match(answer, { status: 200, headers: { 'content-type': 'application/json' } });
  t.same(JSON.parse(answer.text), { jsonrpc: '2.0', id: 1, result: {} });
  t.match(gateway.received, [
    {
      path: '/mcp',
      body: '{"jsonrpc":"2.0","id":1}',
      headers: {
        authorization: 'Bearer the-token',
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-protocol-version': '2025-11-25',
        cookie: undefined,
      },
    },
  ]);
});

t.test('without a token none is sent; an empty answer stays empty', async (t) => {
  const { gateway, url } = await setHost(t);
  gateway.answer = (response) => void response.writeHead(202).end();
  const answer = await send(`${url}/mcp`, { body: { jsonrpc: '2.0', method: 'x' } });
  t.match(answer, { status: 202, text: '' });
  t.equal(gateway.received[0]?.headers.authorization, undefined);
});

t.test('pages of other origins and names that point here are turned away', async (t) => {
  const { gateway, url } = await setHost(t, 'the-token');
  const body = {};
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }])
    t.match(await send(`${url}/mcp`, { body, headers }), { status: 403 }, headers.origin);
  const rebound = { host: `evil.example:${new URL(url).port}` };
  t.match(await send(`${url}/mcp`, { body, headers: rebound }), { status: 403 });
  t.same(gateway.received, []);
  t.match(await send(`${url}/mcp`, { body, headers: { origin: url } }), { status: 200 });
});
