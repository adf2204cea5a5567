import { setTimeout as after } from 'node:timers/promises';
import t from 'tap';
import { createVerifier } from '../../examples/backend/verify.ts';
import { createBackendToken } from '../../src/calls/backend-token.ts';
import { startMetadataServer } from '../fixtures/metadata-server.ts';
import { parsed } from '../send.ts';
import { type Entry, hmacSecret, setStage } from '../stage.ts';

const tools: readonly Entry[] = [
  { name: 'usual', annotations: { readOnlyHint: true } },
  { name: 'hasty', timeoutMs: 60 },
];
const BACKEND_TOKEN = 'backend-token-0123456789';
const google = { BACKEND_AUTH: 'google-id-token', BREAKER_FAILURES: '1' };

t.test('bearer: the token of the gateway beside identity and signature', async (t) => {
  const env = { BACKEND_AUTH: 'bearer', BACKEND_TOKEN };
  const { call, backend, gateway } = await setStage(t, { tools, env });
  t.equal((await call('usual')).status, 200);
  const [received] = backend.received;
  t.equal(received?.headers.authorization, `Bearer ${BACKEND_TOKEN}`);
  const verify = createVerifier({ secrets: [hmacSecret], authority: new URL(backend.url).host });
  const { method = '', path = '', rawHeaders: headers = [], body = '' } = received ?? {};
  const message = { method, path, authority: '', headers, body: Buffer.from(body) };
  t.match(verify(message), { ok: true, identity: { userId: 'auth0|person' } });
  t.notOk(JSON.stringify(gateway.lines).includes(BACKEND_TOKEN), 'it stays out of the log');
});

t.test('a retry carries it, too', async (t) => {
  const env = { BACKEND_AUTH: 'bearer', BACKEND_TOKEN };
  const { call, backend } = await setStage(t, { tools, env });
  let asked = 0;
  backend.answer = (response) => {
    asked += 1;
    if (asked === 1) response.destroy();
    else response.end();
  };
  t.equal((await call('usual')).status, 200);
  for (const { headers } of backend.received)
    t.equal(headers.authorization, `Bearer ${BACKEND_TOKEN}`);
});

t.test('google-id-token: one of the service account, for the origin of the backend', async (t) => {
  const metadata = await startMetadataServer(t);
  const { call, backend } = await setStage(t, { tools, env: google });
  for (let i = 0; i < 2; i += 1) t.equal((await call('usual')).status, 200);
  const [token] = metadata.made;
  for (const { headers } of backend.received) t.equal(headers.authorization, `Bearer ${token}`);
  t.same(metadata.asked, [new URL(backend.url).origin], 'asked once');
});

t.test('BACKEND_AUDIENCE names another audience', async (t) => {
  const metadata = await startMetadataServer(t);
  const BACKEND_AUDIENCE = 'https://service.example';
  const env = { ...google, BACKEND_AUDIENCE, FUNCTIONS_BASE: 'http://127.0.0.1:9/base' };
  const { call } = await setStage(t, { tools, env });
  await call('usual');
  t.same(metadata.asked, [BACKEND_AUDIENCE]);
});

t.test('without a token nothing is sent, and the breaker hears nothing of it', async (t) => {
  const metadata = await startMetadataServer(t);
  metadata.instead = (response) => response.writeHead(403).end('{"secret":"of Google"}');
  const { call, mcp, backend, gateway } = await setStage(t, { tools, env: google });
  for (let i = 0; i < 2; i += 1) {
    const got = await call('usual');
    t.equal(got.status, 502);
    t.match(parsed(got), { error: 'upstream_failed', reason: 'backend_auth' });
    t.notMatch(got.text, /Google|metadata|403/);
  }
  t.match(parsed(await mcp('tools/call', { name: 'usual' })), { result: { isError: true } });
  t.same(backend.received, []);
  const line = gateway.lines.find(({ granted }) => granted === false);
  t.match(line, { level: 'error', reason: 'backend_auth', err: { message: String } });
  metadata.instead = undefined;
  t.equal((await call('usual')).status, 200, 'it heals by itself');
});

t.test('the deadline of the tool covers the wait for it', async (t) => {
  const metadata = await startMetadataServer(t);
  metadata.instead = () => {};
  const { call, backend } = await setStage(t, { tools, env: google });
  // Without it the token would be given up after ten seconds, and the call with 502.
  t.equal((await call('hasty')).status, 504);
  t.same(backend.received, []);
});

t.test('who goes away does not wait for it', async (t) => {
  const metadata = await startMetadataServer(t);
  metadata.instead = (response) => void after(100).then(() => response.end());
  const token = createBackendToken({
    BACKEND_AUTH: 'google-id-token',
    BACKEND_TOKEN: undefined,
    BACKEND_AUDIENCE: undefined,
    FUNCTIONS_BASE: 'http://127.0.0.1:9',
  });
  const controller = new AbortController();
  const waits = Promise.resolve(token({ timeoutMs: 60_000, signal: controller.signal }));
  controller.abort();
  await t.rejects(waits, { end: 'aborted', code: 'upstream_failed' });
});
