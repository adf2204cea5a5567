import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import t, { type Test } from 'tap';
import { makeKey } from '../fixtures/keys.ts';
import { token } from '../fixtures/tokens.ts';
import { bind } from '../gateway.ts';
import { json } from '../recorder.ts';
import { bearer, send } from '../send.ts';
import { setStage } from '../stage.ts';

/** A server nobody should ever connect to. */
async function trap(t: Test): Promise<{ url: string; visits: () => number }> {
  const { server, url } = await bind(t);
  let visits = 0;
  server.on('connection', () => {
    visits += 1;
  });
  return { url, visits: () => visits };
}

t.test('no URL in a token is ever fetched', async (t) => {
  const stage = await setStage(t, { env: { RATE_LIMIT_PER_MINUTE: '0' } });
  const { url, visits } = await trap(t);
  const key = await makeKey('first');
  const jwks = { jku: `${url}/jwks.json`, x5u: `${url}/cert.pem`, jwk: key.jwk, x5c: ['AAAA'] };
  const headers = [
    jwks,
    { ...jwks, kid: `${url}/key` },
    { ...jwks, kid: '../../../../etc/passwd' },
    { ...jwks, kid: 'file:///etc/passwd' },
    { ...jwks, kid: `x' UNION SELECT 'key` },
    { ...jwks, crit: ['jku'] },
    { ...jwks, alg: 'none' },
  ];
  for (const header of headers) {
    for (const iss of [stage.issuer.issuer, `${url}/`]) {
      const authorization = `Bearer ${token(key, { iss }, header)}`;
      const got = await stage.call('listEvents', {}, { headers: { authorization } });
      t.equal(got.status, 401, JSON.stringify(header).slice(0, 50));
    }
  }
  t.equal(visits(), 0);
  t.same([...new Set(stage.issuer.asked)], ['/.well-known/jwks.json']);
  t.same(stage.backend.received, []);
});

t.test('no argument, header or claim moves the address of the backend', async (t) => {
  const { issuer, call, mcp, backend } = await setStage(t);
  const { url, visits } = await trap(t);
  const claims = { sub: url, azp: `${url}/client.json`, org_id: url, url, backend: url };
  const headers = {
    ...bearer(await issuer.token(claims)),
    'x-forwarded-host': url.slice(7),
    forwarded: `host=${url.slice(7)}`,
    'x-functions-base': url,
    'x-tool-path': '//evil.example',
    referer: url,
  };
  const input = { url, path: '../../admin', base: url, __path: url, redirect: url };
  t.equal((await call('listEvents', input, { headers })).status, 200);
  const params = { name: 'listEvents', arguments: input, _meta: { path: url, progressToken: url } };
  t.equal((await mcp('tools/call', params, { headers })).status, 200);
  t.equal(visits(), 0);
  t.same(
    backend.received.map(({ path }) => path),
    ['/listEvents', '/listEvents'],
  );
});

t.test('a redirect of the backend goes nowhere', async (t) => {
  const { call, mcp, backend } = await setStage(t);
  const { url, visits } = await trap(t);
  for (const status of [301, 302, 303, 307, 308]) {
    backend.answer = json({}, status, { location: url });
    const got = await call('listEvents');
    t.equal(got.status, 502, String(status));
    t.notMatch(got.text, url);
    t.equal(got.headers['location'], undefined);
    t.match((await mcp('tools/call', { name: 'listEvents' })).text, '"isError":true');
  }
  t.equal(visits(), 0);
});

t.test('a client id in the log stream is a name, never a path of the Management API', async (t) => {
  const asked = new EventEmitter();
  const paths: string[] = [];
  const { url } = await bind(t);
  const management = createServer((request, response) => {
    paths.push(String(request.url));
    asked.emit('asked');
    response.setHeader('content-type', 'application/json');
    const isToken = request.url === '/oauth/token';
    response.statusCode = isToken ? 200 : 404;
    response.end(
      JSON.stringify(isToken ? { access_token: 'a', expires_in: 60 } : { statusCode: 404 }),
    );
  });
  management.listen(0, '127.0.0.1');
  await once(management, 'listening');
  t.teardown(() => {
    management.close();
    management.closeAllConnections();
  });
  const { port } = management.address() as { port: number };
  const stage = await setStage(t, {
    env: {
      MGMT_DOMAIN: `http://127.0.0.1:${port}`,
      MGMT_CLIENT_ID: 'm2m',
      MGMT_CLIENT_SECRET: 'management-secret-0123456789',
      LOG_WEBHOOK_SECRET: 'webhook-secret-0123456789',
      SWEEP_INTERVAL: '0',
    },
  });
  const ids = [
    '../connections',
    '..%2fconnections',
    'a/../../tenants/settings',
    `${url}/x`,
    '?q=1',
    '#',
  ];
  const headers = { authorization: 'Bearer webhook-secret-0123456789' };
  for (const client_id of ids) {
    const details = {
      request: { method: 'post', path: '/oidc/register' },
      response: { statusCode: 201, body: { client_id } },
    };
    const description = 'Dynamic client registration';
    const data = { type: 'sapi', description, details };
    await send(`${stage.gateway.url}/auth0-log-webhook`, {
      body: [{ log_id: client_id, data }],
      headers,
    });
  }
  const allowed = new Set([
    '/oauth/token',
    ...ids.map((id) => `/api/v2/clients/${encodeURIComponent(id)}`),
  ]);
  t.same(
    paths.filter((path) => !allowed.has(path.split('?')[0] ?? '')),
    [],
  );
});
