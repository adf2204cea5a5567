import t from 'tap';
import {
  audienceOf,
  permittedScopes,
  usableConnections,
  userGrant,
} from '../../../../examples/tenant/oauth/access.ts';
import type { Client } from '../../../../examples/tenant/state.ts';
import { allowStrict, audience, preparedState } from './tenant.ts';

const client = (more: Partial<Client>): Client => ({
  client_id: 'c1',
  name: 'c1',
  is_first_party: false,
  third_party_security_mode: 'strict',
  callbacks: [],
  grant_types: [],
  token_endpoint_auth_method: 'none',
  jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 60 },
  oidc_conformant: true,
  global: false,
  ...more,
});

t.test('the API of a request', async (t) => {
  const state = preparedState('strict');
  const of = (query: string) => audienceOf(state, new URLSearchParams(query));
  t.equal(of('audience=a&resource=r'), 'a', 'audience wins');
  t.equal(of('resource=r'), 'r');
  t.equal(of(''), '');
  state.settings.resource_parameter_profile = 'audience';
  t.equal(of('resource=r'), '', 'resource counts in the compatibility profile only');
  state.settings.default_audience = 'd';
  t.equal(of('resource=r'), 'd');
});

t.test('a grant of its own overrides the default for all third parties', async (t) => {
  const state = preparedState('strict');
  t.equal(userGrant(state, client({}), audience), undefined);
  allowStrict(state);
  t.equal(userGrant(state, client({}), audience)?.id, 'cgr_default');
  t.equal(userGrant(state, client({}), 'https://other.test/'), undefined);
  const own = {
    id: 'own',
    client_id: 'c1',
    audience,
    scope: [],
    subject_type: 'client' as 'user' | 'client',
  };
  state.clientGrants.set('own', own);
  t.equal(userGrant(state, client({}), audience)?.id, 'cgr_default', 'that one is for machines');
  own.subject_type = 'user';
  t.equal(userGrant(state, client({}), audience)?.id, 'own');
});

t.test('scopes a token may hold', async (t) => {
  const state = preparedState('strict');
  const api = state.apis.get(audience);
  const [alice, bob] = [...state.people.values()];
  const ordinary = client({ is_first_party: true });
  const oidc = ['openid', 'profile', 'email'];
  t.same(permittedScopes(state, ordinary, undefined), [...oidc, 'offline_access']);
  t.same(permittedScopes(state, client({}), undefined), ['offline_access'], 'strict: no OpenID');
  t.equal(permittedScopes(state, client({}), api), undefined, 'strict: needs a grant');
  allowStrict(state, ['events:write', 'not:in:the:api']);
  t.same(permittedScopes(state, client({}), api), ['offline_access', 'events:write']);
  t.same(permittedScopes(state, ordinary, api), [
    ...oidc,
    'offline_access',
    'events:read',
    'events:write',
  ]);
  t.same(permittedScopes(state, client({}), api, alice), ['offline_access', 'events:write']);
  t.same(permittedScopes(state, client({}), api, bob), ['offline_access'], 'RBAC');
  Object.assign(api ?? {}, { enforce_policies: false, allow_offline_access: false });
  t.same(permittedScopes(state, client({}), api, bob), ['events:write']);
});

t.test('connections a person may log in with', async (t) => {
  const state = preparedState('strict');
  const [connection] = [...state.connections.values()];
  if (connection === undefined) throw new Error('no connection');
  const permissive = client({ third_party_security_mode: 'permissive' });
  const first = client({ is_first_party: true });
  const usable = () =>
    [client({}), permissive, first].map((each) => usableConnections(state, each).length);
  t.same(usable(), [1, 0, 0], 'domain level only: strict');
  connection.enabledFor.add('c1');
  t.same(usable(), [1, 1, 1], 'both');
  connection.is_domain_connection = false;
  t.same(usable(), [0, 0, 1], 'enabled only: first-party');
});
