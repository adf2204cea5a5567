import t from 'tap';
import { machineToken } from '../../../../examples/tenant/management/machine-token.ts';
import { authenticate } from '../../../../examples/tenant/management/tokens.ts';
import { addThirdParty, api, machine, openTenant } from '../open-tenant.ts';

t.test('the client credentials grant', async (t) => {
  const { tenant } = await openTenant(t);
  const { state, origin } = tenant;
  const good = {
    client_id: machine.clientId,
    client_secret: machine.clientSecret,
    audience: `${origin}/api/v2/`,
  };
  const ask = (change: Record<string, unknown>) =>
    machineToken(state, origin, { ...good, ...change });

  t.match(await ask({}), {
    status: 200,
    body: { token_type: 'Bearer', expires_in: 86_400, scope: /read:clients .*update:clients/ },
  });
  t.match(await ask({ scope: 'read:clients made:up' }), { body: { scope: 'read:clients' } });

  addThirdParty(tenant, 'permissive', 'public');
  const wrong = {
    status: 401,
    body: { error: 'access_denied', error_description: 'Unauthorized' },
  };
  t.same(await ask({ client_secret: 'x' }), wrong);
  t.same(await ask({ client_secret: good.client_secret.replace('a', 'b') }), wrong);
  t.same(await ask({ client_id: 'nobody' }), wrong);
  t.same(await ask({ client_id: 'public', client_secret: '' }), wrong, 'no secret is no password');

  t.match(await ask({ audience: api }), {
    status: 403,
    body: {
      error: 'access_denied',
      error_description: `Service not enabled within domain: ${api}`,
    },
  });
  t.match(await ask({ audience: undefined }), {
    status: 403,
    body: { error_description: /No audience/ },
  });
  const client = state.clients.get(machine.clientId);
  if (client) client.grant_types = [];
  t.match(await ask({}), { status: 403, body: { error: 'unauthorized_client' } });
  if (client) client.grant_types = ['client_credentials'];
  state.clientGrants.clear();
  t.match(await ask({}), { status: 403, body: { error_description: /create a "client-grant"/ } });
});

t.test('a token ends after a day', async (t) => {
  const { tenant } = await openTenant(t);
  const { body } = await machineToken(tenant.state, tenant.origin, {
    client_id: machine.clientId,
    client_secret: machine.clientSecret,
    audience: `${tenant.origin}/api/v2/`,
  });
  const check = (now: number) =>
    authenticate(tenant.state, `Bearer ${body['access_token']}`, 'read:clients', now);
  t.match(check(Date.now()), { clientId: machine.clientId });
  t.throws(() => check(Date.now() + 86_401_000), /Invalid token/);
});
