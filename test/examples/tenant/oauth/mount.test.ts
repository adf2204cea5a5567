import { connect } from 'node:net';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import t from 'tap';
import { logIn } from '../../../../examples/tenant/oauth/login.ts';
import {
  alice,
  allowStrict,
  audience,
  bob,
  exchange,
  obtain,
  preparedState,
  promote,
  redirectUri,
  registerClient,
  request,
  serve,
} from './tenant.ts';

t.test('a permissive client that was promoted gets what it asks for', async (t) => {
  const tenant = await serve(t, preparedState('permissive'));
  const client = await registerClient(tenant);
  promote(tenant.state, client);
  const scope = 'openid email events:read offline_access';
  const { status, body } = await obtain(tenant, client, { scope });
  t.equal(status, 200);
  t.match(body, { token_type: 'Bearer', expires_in: 3600, scope, refresh_token: String });

  const keys = createRemoteJWKSet(new URL(`${tenant.origin}/.well-known/jwks.json`));
  const { issuer } = tenant;
  const access = await jwtVerify(String(body['access_token']), keys, { issuer, audience });
  t.match(access.protectedHeader, { alg: 'RS256', typ: 'JWT' });
  t.match(access.payload, {
    sub: 'auth0|alice',
    aud: [audience, `${issuer}userinfo`],
    azp: client.client_id,
    scope,
    permissions: ['events:read', 'events:write'],
  });
  const id = await jwtVerify(String(body['id_token']), keys, {
    issuer,
    audience: client.client_id,
  });
  t.match(id.payload, { sub: 'auth0|alice', email: alice.username });
  t.notOk('name' in id.payload, 'profile was not asked for');
});

t.test('a strict client gets what its grant and the role permit, and no ID token', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const client = await registerClient(tenant);
  allowStrict(tenant.state, ['events:read']);
  const scope = 'openid profile email events:read events:write offline_access';
  const { body } = await obtain(tenant, client, { scope });
  t.equal(body['scope'], 'events:read offline_access');
  t.notOk('id_token' in body);
  t.match(decodeJwt(String(body['access_token'])), {
    aud: audience,
    permissions: ['events:read'],
    scope: 'events:read offline_access',
  });
  const none = await obtain(tenant, client, { scope: 'events:read' }, bob);
  t.equal(none.body['scope'], '', 'bob has no role: the scope is dropped without a word');
  t.match(decodeJwt(String(none.body['access_token'])), {
    scope: '',
    permissions: { length: 0 },
  });
  t.notOk('refresh_token' in none.body, 'offline_access was not asked for');
});

t.test('without an API the token is encrypted', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const client = await registerClient(tenant);
  const { body } = await obtain(tenant, client, { resource: '' });
  const token = String(body['access_token']);
  t.equal(token.split('.').length, 5);
  t.match(decodeProtectedHeader(token), { alg: 'dir', enc: 'A256GCM', iss: tenant.issuer });

  tenant.state.settings.resource_parameter_profile = 'audience';
  const ignored = await obtain(tenant, client);
  t.equal(String(ignored.body['access_token']).split('.').length, 5, '`resource` is ignored');

  allowStrict(tenant.state);
  const named = await obtain(tenant, client, { audience });
  t.equal(decodeJwt(String(named.body['access_token'])).aud, audience);
  tenant.state.settings.default_audience = audience;
  const assumed = await obtain(tenant, client, { resource: '' });
  t.equal(decodeJwt(String(assumed.body['access_token'])).aud, audience);
});

t.test('an API that allows no offline access, with RFC 9068 tokens', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  Object.assign(tenant.state.apis.get(audience) ?? {}, {
    allow_offline_access: false,
    token_dialect: 'rfc9068_profile',
  });
  const client = await registerClient(tenant);
  allowStrict(tenant.state);
  const { body } = await obtain(tenant, client);
  t.notOk('refresh_token' in body);
  t.equal(body['scope'], 'events:read');
  const token = String(body['access_token']);
  t.equal(decodeProtectedHeader(token).typ, 'at+jwt');
  const claims = decodeJwt(token);
  t.equal(claims['client_id'], client.client_id);
  t.type(claims.jti, 'string');
  t.notOk('permissions' in claims);
});

t.test('a new signing key', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const client = await registerClient(tenant);
  allowStrict(tenant.state);
  const kids = async () => {
    const response = await fetch(`${tenant.origin}/.well-known/jwks.json`);
    const { keys } = (await response.json()) as { keys: { kid: string }[] };
    return keys.map((key) => key.kid);
  };
  const { url, verifier } = request(tenant, client);
  const code = String((await logIn(url, alice)).searchParams.get('code'));
  const [before] = await kids();
  tenant.state.events.emit('rotate');
  const after = await kids();
  t.equal(after.length, 1);
  t.not(after[0], before);
  const { body } = await exchange(tenant, client, { code, code_verifier: verifier });
  t.equal(decodeProtectedHeader(String(body['access_token'])).kid, after[0], 'codes live on');
});

t.test('two tenants in one process know nothing of each other', async (t) => {
  const one = await serve(t, preparedState('strict'));
  const other = await serve(t, preparedState('strict'));
  const client = await registerClient(one);
  allowStrict(one.state);
  allowStrict(other.state);
  t.equal((await obtain(one, client)).status, 200);
  await t.rejects(obtain(other, client), { message: /invalid_client/ });
});

t.test('the token endpoint takes JSON as well, and nothing malformed', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const client = await registerClient(tenant);
  allowStrict(tenant.state);
  const { url, verifier } = request(tenant, client);
  const code = (await logIn(url, alice)).searchParams.get('code');
  const { status } = await tenant.postJson('/oauth/token', {
    grant_type: 'authorization_code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
    resource: audience,
  });
  t.equal(status, 200);
  const response = await fetch(`${tenant.origin}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  });
  t.equal(response.status, 400);
  t.match(await response.json(), { error: 'invalid_request' });
});

t.test('a request that is broken off harms nobody', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const socket = connect(Number(new URL(tenant.origin).port), '127.0.0.1');
  socket.write('POST /oauth/token HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\nhalf');
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.destroy();
  t.equal((await fetch(`${tenant.origin}/nowhere`)).status, 404);
});
