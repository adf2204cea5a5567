import t from 'tap';
import { type Access, accessToken } from '../../../../examples/tenant/oauth/claims.ts';
import type { Api } from '../../../../examples/tenant/state.ts';
import { audience, preparedState } from './tenant.ts';

const api = preparedState('strict').apis.get(audience);
if (api === undefined) throw new Error('no API');

const access = (more: Partial<Api>, also: Partial<Access> = {}): Access => ({
  issuer: 'https://tenant.test/',
  subject: 'auth0|alice',
  clientId: 'c1',
  api: { ...api, ...more },
  scopes: ['events:read'],
  permissions: ['events:read', 'events:write'],
  id: 'j1',
  issuedAt: 1,
  expiresAt: 2,
  ...also,
});

const common = {
  iss: 'https://tenant.test/',
  sub: 'auth0|alice',
  aud: audience,
  iat: 1,
  exp: 2,
  scope: 'events:read',
};

t.test("Auth0's profile", async (t) => {
  t.same(accessToken(access({ token_dialect: 'access_token' })), {
    header: { typ: 'JWT' },
    payload: { ...common, azp: 'c1' },
  });
  const authz = accessToken(access({ token_dialect: 'access_token_authz' }));
  t.same(authz.payload['permissions'], ['events:read', 'events:write']);
});

t.test('RFC 9068 profile', async (t) => {
  t.same(accessToken(access({ token_dialect: 'rfc9068_profile' })), {
    header: { typ: 'at+jwt' },
    payload: { ...common, client_id: 'c1', jti: 'j1' },
  });
  const authz = accessToken(access({ token_dialect: 'rfc9068_profile_authz' }));
  t.same(authz.payload['permissions'], ['events:read', 'events:write']);
});

t.test('permissions need RBAC', async (t) => {
  const { payload } = accessToken(access({ enforce_policies: false }));
  t.notOk('permissions' in payload);
});

t.test('openid makes userinfo a second audience', async (t) => {
  const { payload } = accessToken(access({}, { scopes: ['openid'] }));
  t.same(payload['aud'], [audience, 'https://tenant.test/userinfo']);
});

t.test('a machine token says so', async (t) => {
  const { payload } = accessToken(access({}, { machine: true }));
  t.equal(payload['gty'], 'client-credentials');
});
