import t from 'tap';
import { parsed, type Sent } from '../send.ts';
import { setStage } from '../stage.ts';

const foreign = [
  'https://evil.example',
  'null',
  'http://127.0.0.1:8080',
  'http://gateway.internal',
  '',
];
const methods = [
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/read',
  'resources/templates/list',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'notifications/cancelled',
  'nothing',
];
/** A public tool: the origin is all that stands between a page and it. */
const tools = [{ name: 'open', public: true }];
const options = { tools, env: { RATE_LIMIT_PER_MINUTE: '0' } };
const named = { name: 'open', uri: 'open' };

t.test('no page of a foreign origin is served, whatever it asks in whichever era', async (t) => {
  const { modern, mcp, backend } = await setStage(t, options);
  for (const origin of foreign) {
    for (const authorization of [undefined, []]) {
      const headers = { origin, ...(authorization && { authorization }) };
      for (const method of methods) {
        for (const send of [modern, mcp]) {
          const got = await send(method, named, { headers });
          t.equal(got.status, 403, `${method} of ${origin}`);
          t.match(parsed(got), { error: { data: { error: 'origin_not_allowed' } } });
          t.equal(got.headers['access-control-allow-origin'], undefined);
        }
      }
    }
  }
  t.same(backend.received, []);
});

t.test('nor does it learn anything by another HTTP method', async (t) => {
  const { send, gateway } = await setStage(t, options);
  const ask = (method: string, headers: Sent['headers'] = {}) =>
    send('/mcp', { method, headers: { ...headers } });
  for (const origin of foreign) {
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const preflight = { 'access-control-request-method': 'POST' };
      const got = await ask(method, { origin, ...preflight });
      t.equal(got.headers['access-control-allow-origin'], undefined, `${method} of ${origin}`);
      t.equal(got.headers['access-control-allow-credentials'], undefined);
      t.ok(got.status === 405 || method === 'OPTIONS', `${method}: ${got.status}`);
      t.notMatch(got.headers['content-type'] ?? '', 'text/event-stream', 'no stream to listen to');
    }
  }
  const good = await ask('OPTIONS', {
    origin: 'https://chatgpt.com',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization, mcp-protocol-version, mcp-method, mcp-name',
  });
  t.equal(good.status, 204);
  t.equal(good.headers['access-control-allow-origin'], 'https://chatgpt.com');
  t.match(good.headers['access-control-allow-headers'], /mcp-name/);
  t.match(good.headers.vary, /origin/i);
  t.equal(gateway.lines.filter(({ code }) => code === 'internal').length, 0);
});

t.test('a page that gave this gateway another name is foreign too (DNS rebinding)', async (t) => {
  const { modern, mcp, backend, gateway } = await setStage(t, options);
  const { port } = new URL(gateway.url);
  for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1:${port}`, 'localhost']) {
    for (const scheme of ['http', 'https']) {
      const headers = { host, origin: `${scheme}://${host}` };
      for (const send of [modern, mcp]) {
        t.equal((await send('tools/call', { name: 'open' }, { headers })).status, 403, host);
      }
    }
  }
  const twice = { origin: ['https://chatgpt.com', 'https://evil.example'] };
  const got = await mcp('tools/call', { name: 'open' }, { headers: twice });
  t.ok([400, 403].includes(got.status), `two origins: ${got.status}`);
  const last = { origin: ['https://evil.example', 'https://chatgpt.com'] };
  t.ok([400, 403].includes((await mcp('tools/call', { name: 'open' }, { headers: last })).status));
  t.same(backend.received, []);
});
