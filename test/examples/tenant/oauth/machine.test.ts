import { createRemoteJWKSet, jwtVerify } from 'jose';
import t from 'tap';
import { audience, preparedState, type Served, serve } from './tenant.ts';

async function machineTenant(t: Parameters<typeof serve>[0]): Promise<Served> {
  const tenant = await serve(t, preparedState('strict'));
  tenant.state.clients.set('m2m', {
    client_id: 'm2m',
    client_secret: 'machine secret',
    name: 'Machine',
    is_first_party: true,
    callbacks: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 60 },
    oidc_conformant: true,
    global: false,
  });
  tenant.state.clientGrants.set('cgr_m', {
    id: 'cgr_m',
    client_id: 'm2m',
    audience,
    scope: ['events:read', 'events:write'],
    subject_type: 'client',
  });
  return tenant;
}

const fields = {
  grant_type: 'client_credentials',
  client_id: 'm2m',
  client_secret: 'machine secret',
  audience,
};

t.test('a machine token for an API', async (t) => {
  const tenant = await machineTenant(t);
  const { status, body } = await tenant.post('/oauth/token', fields);
  t.equal(status, 200);
  t.match(body, {
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'events:read events:write',
  });
  const keys = createRemoteJWKSet(new URL(`${tenant.origin}/.well-known/jwks.json`));
  const { issuer } = tenant;
  const { payload } = await jwtVerify(String(body['access_token']), keys, { issuer, audience });
  t.match(payload, {
    sub: 'm2m@clients',
    azp: 'm2m',
    gty: 'client-credentials',
    permissions: ['events:read', 'events:write'],
  });
  const less = await tenant.post('/oauth/token', { ...fields, scope: 'events:write no:such' });
  t.equal(less.body['scope'], 'events:write');
});

t.test('credentials in the header, JSON in the body', async (t) => {
  const tenant = await machineTenant(t);
  const { client_id, client_secret, ...rest } = fields;
  const authorization = `Basic ${btoa(`${client_id}:${client_secret}`)}`;
  t.equal((await tenant.post('/oauth/token', rest, { authorization })).status, 200);
  t.equal((await tenant.postJson('/oauth/token', fields)).status, 200);
});

t.test('refusals', async (t) => {
  const tenant = await machineTenant(t);
  const ask = (more: object) => tenant.post('/oauth/token', { ...fields, ...more });
  const unauthorized = { status: 401, body: { error: 'access_denied' } };
  t.match(await ask({ client_secret: 'wrong' }), unauthorized);
  t.match(await ask({ client_id: 'nobody' }), unauthorized);
  const incomplete = { grant_type: 'client_credentials', audience };
  t.match(await tenant.post('/oauth/token', incomplete), unauthorized);
  t.match(await ask({ audience: 'https://nowhere.test/' }), {
    status: 403,
    body: { error: 'access_denied', error_description: /nowhere/ },
  });
  const { audience: _, ...nowhere } = fields;
  t.match(await tenant.post('/oauth/token', nowhere), { status: 403 });

  tenant.state.clientGrants.clear();
  t.match(await ask({}), { status: 403, body: { error: 'access_denied' } });
  Object.assign(tenant.state.clients.get('m2m') ?? {}, { grant_types: [] });
  t.match(await ask({}), { status: 403, body: { error: 'unauthorized_client' } });
});

t.test('the Management API has its own', async (t) => {
  const tenant = await machineTenant(t);
  const management = `${tenant.issuer}api/v2/`;
  const refused = await tenant.post('/oauth/token', { ...fields, audience: management });
  t.equal(refused.status, 403, 'no client grant for it');
});
