import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import t from 'tap';
import {
  alice,
  allowStrict,
  audience,
  exchange,
  obtain,
  preparedState,
  promote,
  redirectUri,
  registerClient,
  request,
  serve,
} from './tenant.ts';

t.test('a permissive client that was promoted', async (t) => {
  const tenant = await serve(t, preparedState('permissive'));
  const client = await registerClient(tenant);
  promote(tenant.state, client);
  const { status, body } = await obtain(tenant, client);
  t.equal(status, 200);
  const jwks = createRemoteJWKSet(new URL(`${tenant.origin}/.well-known/jwks.json`));
  const { payload } = await jwtVerify(String(body['access_token']), jwks, {
    issuer: tenant.issuer,
    audience,
  });
  const re = await tenant.post('/oauth/token', {
    grant_type: 'refresh_token',
    client_id: client.client_id,
    refresh_token: String(body['refresh_token']),
  });
});
t.test('strict', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const client = await registerClient(tenant);
  allowStrict(tenant.state, ['events:read']);
  const { status, body } = await obtain(tenant, client, {
    scope: 'openid events:read events:write',
  });
  const o = await obtain(tenant, client, { scope: '', resource: '' });
});
