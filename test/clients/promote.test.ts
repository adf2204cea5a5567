import t, { type Test } from 'tap';
import { bearsMark, type Recipe } from '../../src/clients/client.ts';
import type { ManagementApi } from '../../src/clients/management.ts';
import { createPromote } from '../../src/clients/promote.ts';
import { audience, google, type Rig, type RigOptions, rig, scopes } from './rig.ts';

const now = new Date('2026-11-01T00:00:00Z');

type Grants = 'own' | 'default';

async function stage(t: Test, options: RigOptions = {}, grants: Grants = 'own') {
  const all = await rig(t, options);
  const promote = createPromote(all.config.loginConnections, { audience, scopes, grants });
  const run = async (clientId: string, recipe: Recipe, api: ManagementApi = all.api) => {
    const client = await api.getClient(clientId);
    const fresh = !bearsMark(client, recipe);
    return promote({ api, lookups: all.clients.lookups(false), now, fresh, client }, recipe);
  };
  return { ...all, run };
}

const fieldsOf = ({ tenant }: Rig, id: string) =>
  JSON.parse(JSON.stringify(tenant.state.clients.get(id)));

const mark = (recipe: Recipe) => ({
  gateway_recipe: recipe,
  gateway_promoted_at: '2026-11-01T00:00:00.000Z',
  gateway_promoted_by: 'openai-auth0-gateway',
});

t.test('the first-party recipe', async (t) => {
  const all = await stage(t, { mode: 'permissive' });
  const { client_id: id, callbacks } = await all.register({
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'implicit'],
  });
  const writes = all.tenant.state.logs.length;
  t.strictSame(await all.run(id, 'first-party'), { outcome: 'promoted', retry: false });
  t.match(fieldsOf(all, id), {
    is_first_party: true,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
    client_metadata: mark('first-party'),
    callbacks,
  });
  t.ok(google(all.tenant).enabledFor.has(id));
  t.notOk(google(all.tenant).is_domain_connection);
  t.equal(all.tenant.state.logs.length - writes, 2, 'two changes');

  const [before, written] = [fieldsOf(all, id), all.tenant.state.logs.length];
  t.strictSame(await all.run(id, 'first-party'), { outcome: 'already', retry: false });
  t.strictSame(fieldsOf(all, id), before);
  t.equal(all.tenant.state.logs.length, written, 'nothing is written a second time');

  Object.assign(all.tenant.state.clients.get(id) ?? {}, {
    jwt_configuration: { alg: 'HS256', lifetime_in_seconds: 60 },
  });
  google(all.tenant).enabledFor.delete(id);
  t.match(await all.run(id, 'first-party'), { outcome: 'promoted' }, 'what is amiss is mended');
  t.match(fieldsOf(all, id), { jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 60 } });
  t.ok(google(all.tenant).enabledFor.has(id));
});

t.test('the third-party recipe', async (t) => {
  const all = await stage(t);
  const { client_id: id } = await all.register();
  t.strictSame(await all.run(id, 'third-party'), { outcome: 'promoted', retry: false });
  t.match(fieldsOf(all, id), { is_first_party: false, client_metadata: mark('third-party') });
  t.ok(google(all.tenant).is_domain_connection);
  t.match(all.grantsOf(id), [{ client_id: id, audience, scope: scopes, subject_type: 'user' }]);
  t.strictSame(await all.run(id, 'third-party'), { outcome: 'already', retry: false });
  t.equal(all.grantsOf(id).length, 1);
});

t.test(
  'a permissive client taken as third-party keeps its ways, the code flow alone',
  async (t) => {
    const all = await stage(t, { mode: 'permissive' });
    const { client_id: id } = await all.register({
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_method: 'client_secret_post',
    });
    t.match(await all.run(id, 'third-party'), { outcome: 'promoted' });
    t.match(fieldsOf(all, id), {
      is_first_party: false,
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_post',
    });
  },
);

t.test('several login connections', async (t) => {
  const both = 'google-oauth2,Username-Password-Authentication';
  const all = await stage(t, { env: { LOGIN_CONNECTIONS: both } });
  await all.run((await all.register()).client_id, 'third-party');
  t.ok([...all.tenant.state.connections.values()].every((each) => each.is_domain_connection));
});

t.test('a grant that exists is widened and never narrowed', async (t) => {
  const all = await stage(t);
  const { client_id: id } = await all.register();
  await all.api.createGrant({ client_id: id }, audience, ['events:more']);
  t.match(await all.run(id, 'third-party'), { outcome: 'promoted' });
  t.match(all.grantsOf(id), [{ scope: ['events:more', ...scopes] }]);
});

t.test('a grant of all scopes is enough', async (t) => {
  const all = await stage(t);
  const { client_id: id } = await all.register();
  await all.api.createGrant({ client_id: id }, audience, []);
  for (const grant of all.grantsOf(id)) Object.assign(grant, { allow_all_scopes: true });
  await all.run(id, 'third-party');
  t.match(all.grantsOf(id), [{ scope: { length: 0 } }]);
});

t.test('GRANTS=default makes the grant all third-party clients share', async (t) => {
  const all = await stage(t, {}, 'default');
  const { client_id: id } = await all.register();
  t.match(await all.run(id, 'third-party'), { outcome: 'promoted' });
  t.strictSame(all.grantsOf(id), []);
  const shared = [...all.tenant.state.clientGrants.values()].filter((grant) => grant.default_for);
  t.match(shared, [{ default_for: 'third_party_clients', audience, scope: scopes }]);
  t.match(await all.run(id, 'third-party'), { outcome: 'already' });
});

t.test('a grant another replica makes at the same time is no failure', async (t) => {
  const all = await stage(t);
  const { client_id: id } = await all.register();
  const racing: ManagementApi = {
    ...all.api,
    async createGrant(...grant) {
      await all.api.createGrant(...grant);
      return all.api.createGrant(...grant);
    },
  };
  t.match(await all.run(id, 'third-party', racing), { outcome: 'promoted' });
});

t.test('a strict client cannot be made first-party', async (t) => {
  const all = await stage(t);
  const { client_id: id } = await all.register();
  t.match(await all.run(id, 'first-party'), {
    outcome: 'failed',
    retry: false,
    code: 'promote_http_400',
    fix: /PROMOTION/,
  });
});

t.test('a connection that does not exist', async (t) => {
  const all = await stage(t, { env: { LOGIN_CONNECTIONS: 'nowhere' } });
  const { client_id: id } = await all.register();
  t.match(await all.run(id, 'third-party'), {
    outcome: 'failed',
    retry: false,
    code: 'conn_not_found',
    error_description: 'The tenant has no connection named nowhere',
    fix: /LOGIN_CONNECTIONS/,
  });
});

const missing: [scope: string, recipe: Recipe, code: string][] = [
  ['update:clients', 'first-party', 'promote_http_403'],
  ['read:connections', 'first-party', 'conn_lookup_http_403'],
  ['update:connections', 'first-party', 'conn_enable_http_403'],
  ['update:connections', 'third-party', 'conn_domain_http_403'],
  ['read:client_grants', 'third-party', 'grant_lookup_http_403'],
  ['create:client_grants', 'third-party', 'grant_http_403'],
];

for (const [scope, recipe, code] of missing) {
  t.test(`without ${scope} the ${recipe} recipe fails for good`, async (t) => {
    const all = await stage(t, { mode: recipe === 'first-party' ? 'permissive' : 'strict' });
    all.withhold(scope);
    const client = await all.register();
    // What is fresh needs no look at its grants.
    if (code.startsWith('grant_lookup')) client.client_metadata = mark(recipe);
    const outcome = await all.run(client.client_id, recipe);
    t.match(outcome, { outcome: 'failed', retry: false, code, fix: new RegExp(scope) });
  });
}

t.test('what the tenant takes and does not keep', async (t) => {
  const cases: [code: string, recipe: Recipe, forget: (all: Rig, id: string) => void][] = [
    [
      'promote_not_kept',
      'first-party',
      ({ tenant }, id) => {
        const client = tenant.state.clients.get(id);
        if (client) Object.defineProperty(client, 'is_first_party', { get: () => false, set() {} });
      },
    ],
    [
      'conn_not_kept',
      'first-party',
      ({ tenant }) => {
        const { enabledFor } = google(tenant);
        enabledFor.add = () => enabledFor;
      },
    ],
    [
      'conn_not_kept',
      'third-party',
      ({ tenant }) => {
        const flag = { enumerable: true, get: () => false, set() {} };
        Object.defineProperty(google(tenant), 'is_domain_connection', flag);
      },
    ],
  ];
  for (const [code, recipe, forget] of cases) {
    const all = await stage(t, { mode: 'permissive' });
    const { client_id: id } = await all.register();
    forget(all, id);
    t.match(await all.run(id, recipe), { outcome: 'failed', retry: false, code, fix: /dashboard/ });
  }
  const all = await stage(t);
  const { client_id: id } = await all.register();
  const keepingLess: ManagementApi = {
    ...all.api,
    createGrant: (grantee, to) => all.api.createGrant(grantee, to, ['events:read']),
  };
  const outcome = await all.run(id, 'third-party', keepingLess);
  t.match(outcome, { outcome: 'failed', retry: false, code: 'grant_not_kept' });
});
