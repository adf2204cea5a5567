import { once } from 'node:events';
import { request } from 'node:http';
import t from 'tap';
import { startTenant } from '../../../examples/tenant/tenant.ts';
import { api, machine, openTenant, send } from './open-tenant.ts';
import { openReceiver } from './receiver.ts';

t.test('a tenant has its connections, people, API and machine client', async (t) => {
  const { tenant } = await openTenant(t);
  const { origin, issuer, domain, state } = tenant;
  t.match(origin, /^http:\/\/127\.0\.0\.1:\d+$/);
  t.same([issuer, domain], [`${origin}/`, new URL(origin).host]);
  t.match(
    [...state.connections.values()],
    [
      { name: 'google-oauth2', strategy: 'google-oauth2', is_domain_connection: false },
      { name: 'Username-Password-Authentication', strategy: 'auth0', is_domain_connection: false },
    ],
  );
  const permissions = Object.fromEntries(
    [...state.people.values()].map((person) => [person.email, person.permissions]),
  );
  t.same(permissions, {
    'alice@example.com': { [api]: ['events:read', 'events:write'] },
    'bob@example.com': {},
  });
  t.match(await (await fetch(`${issuer}.well-known/openid-configuration`)).json(), { issuer });
});

t.test('two at once do not know each other; a taken port is an error', async (t) => {
  const one = await openTenant(t);
  const two = await openTenant(t);
  await one.management.clients.create({ name: 'Only here' });
  t.equal(two.tenant.state.clients.size, 1);
  const port = Number(new URL(one.tenant.origin).port);
  const options = { audience: api, scopes: [], management: machine, port };
  await t.rejects(startTenant(options), { code: 'EADDRINUSE' });
});

t.test('a registration reaches the webhook', async (t) => {
  const hook = await openReceiver(t);
  const { tenant } = await openTenant(t, {
    logStream: { url: hook.url, authorization: 'Bearer s' },
  });
  const registered = await send('POST', `${tenant.origin}/oidc/register`, {
    client_name: 'ChatGPT',
    redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
    token_endpoint_auth_method: 'none',
  });
  t.equal(registered.status, 201);
  const { client_id } = registered.body as { client_id: string };
  await tenant.delivered();
  t.equal(hook.posts.length, 1);
  t.equal(hook.posts[0]?.headers.authorization, 'Bearer s');
  t.match(JSON.parse(String(hook.posts[0]?.body)), {
    data: {
      type: 'sapi',
      description: 'Dynamic client registration',
      details: {
        request: { path: '/oidc/register' },
        response: { statusCode: 201, body: { client_id } },
      },
    },
  });
  tenant.redeliver(1);
  await tenant.delivered();
  t.equal(hook.posts[1]?.body, hook.posts[0]?.body);
});

t.test('an outage answers 503 below its prefix', async (t) => {
  const { tenant, call } = await openTenant(t);
  const status = async (path: string) => (await fetch(tenant.origin + path)).status;
  t.equal((await call('GET', '/clients')).status, 200);
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/.well-known/jwks' };
  t.equal(await status('/.well-known/jwks.json'), 503);
  t.equal(await status('/.well-known/openid-configuration'), 200);
  t.equal(await status('/__tenant'), 200);
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/api/v2/' };
  t.equal((await call('GET', '/clients')).status, 503);
  tenant.state.faults.outage = false;
  tenant.state.faults.latencyMs = 20;
  const before = performance.now();
  t.equal((await call('GET', '/clients')).status, 200);
  t.ok(performance.now() - before >= 19);
});

t.test('closing ends what hangs and what waits', async (t) => {
  const { tenant } = await openTenant(t);
  /** Sends a request and sees it received; resolves with how it ended. */
  const send = async (path: string) => {
    const req = request(tenant.origin + path).end();
    const ended = once(req, 'error').then(([error]) => (error as NodeJS.ErrnoException).code);
    const [socket] = await once(req, 'socket');
    await once(socket, 'connect');
    // Connections are served in their order: when this answer is here, the request above was read.
    await once(request(`${tenant.origin}/__tenant`, { agent: false }).end(), 'response');
    return { ended };
  };
  const { faults } = tenant.state;
  faults.outage = { how: 'hang', prefix: '/' };
  const hanging = await send('/.well-known/jwks.json');
  faults.latencyMs = 60_000;
  const slow = await send('/.well-known/openid-configuration');
  await tenant.close();
  t.same(await Promise.all([hanging.ended, slow.ended]), ['ECONNRESET', 'ECONNRESET']);
});
