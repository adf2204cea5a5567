import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { createTenantFetch, noAnswer, type Patience } from '../../src/clients/tenant-fetch.ts';
import { holdTimers } from '../fixtures/clocks.ts';

const quick: Patience = { timeout: 20_000, longestPause: 5, pauses: 3 };

async function serve(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test('requests go to the origin, whatever host the SDK names', async (t) => {
  const origin = await serve(t, (req, res) => res.end(`${req.method} ${req.url}`));
  const tenantFetch = createTenantFetch(origin, quick);
  const answer = await tenantFetch('https://127.0.0.1:1/api/v2/clients?page=1', {
    method: 'PATCH',
  });
  t.equal(await answer.text(), 'PATCH /api/v2/clients?page=1');
  const plain = await tenantFetch(new URL('https://tenant.example/api/v2/x'));
  t.equal(await plain.text(), 'GET /api/v2/x');
});

t.test('the rate limit is waited out', async (t) => {
  let asked = 0;
  const origin = await serve(t, (_req, res) => {
    asked += 1;
    const reset = Math.ceil(Date.now() / 1000) + 1;
    res.writeHead(asked < 3 ? 429 : 200, { 'x-ratelimit-reset': reset }).end('x');
  });
  const answer = await createTenantFetch(origin, quick)('https://t/api/v2/clients');
  t.equal(answer.status, 200);
  t.equal(asked, 3);
});

t.test('but not for ever', async (t) => {
  let asked = 0;
  const origin = await serve(t, (_req, res) => {
    asked += 1;
    res.writeHead(429).end();
  });
  const answer = await createTenantFetch(origin, quick)('https://t/api/v2/clients');
  t.equal(answer.status, 429);
  t.equal(asked, 4);
});

t.test('an answer that hangs is given up, also half-way', async (t) => {
  const origin = await serve(t, (req, res) => {
    if (req.url === '/body') res.write('half');
    else expire();
  });
  const deadlines = holdTimers(t, 100_000);
  const expire = (): void => {
    for (const deadline of deadlines()) deadline.end();
  };
  const tenantFetch = createTenantFetch(origin, { ...quick, timeout: 100_000 });
  t.equal((await tenantFetch('https://t/head')).status, noAnswer);
  const half = await tenantFetch('https://t/body');
  expire();
  await t.rejects(half.text(), { name: 'TimeoutError' });
});

t.test("the caller's own signal still counts", async (t) => {
  const origin = await serve(t, () => {});
  const abort = new AbortController();
  const pending = createTenantFetch(origin, quick)('https://t/x', { signal: abort.signal });
  abort.abort();
  t.match(await (await pending).json(), { message: /aborted/ });
});

t.test('no machine token is a failure of its own', async (t) => {
  const origin = await serve(t, (_req, res) => res.writeHead(401).end('{"error":"access_denied"}'));
  const tenantFetch = createTenantFetch(origin, quick);
  await t.rejects(tenantFetch('https://t/oauth/token'), { code: 'token_http_401', retry: false });
  const dead = createTenantFetch('http://127.0.0.1:1', quick);
  await t.rejects(dead('https://t/oauth/token'), { code: 'token_unreachable', retry: true });
});
