import t from 'tap';
import { createAuth0 } from '../../src/clients/auth0.ts';
import { createSweep } from '../../src/clients/sweep.ts';
import { createWork } from '../../src/clients/work.ts';
import { eventOf, google, quick, type Rig, rig, scopes } from './rig.ts';

/** Another gateway of the same settings: nothing is shared but the tenant. */
function replicaOf({ config, management, log, metrics }: Rig, catalog = { scopes }) {
  const api = createAuth0(management, quick);
  return createWork(api, { config, catalog, log, metrics, now: Date.now });
}

for (const mode of ['strict', 'permissive'] as const) {
  t.test(`two replicas at once promote a ${mode} client once, and neither fails`, async (t) => {
    const all = await rig(t, { mode });
    const replicas = [replicaOf(all), replicaOf(all), replicaOf(all)];
    const client = await all.register();
    const event = eventOf(client);
    const results = await Promise.all(
      replicas.map((clients) => clients.fromEvent(event, clients.lookups(false))),
    );
    for (const { outcome } of results) t.match(outcome.outcome, /promoted|already/);
    t.match(client.client_metadata, { gateway_promoted_by: 'openai-auth0-gateway' });
    t.equal(all.grantsOf(client.client_id).length, mode === 'strict' ? 1 : 0);
    t.equal(google(all.tenant).enabledFor.has(client.client_id), mode === 'permissive');
    t.notOk(all.lines.some(({ outcome }) => outcome === 'failed'));
  });
}

t.test('a catalog that gains a scope widens the grants at the next sweep', async (t) => {
  const all = await rig(t);
  const { clients, log, register, grantsOf, tenant } = all;
  const [old, complete] = [await register(), await register()];
  await createSweep({ SWEEP_INTERVAL: 3600 }, clients, log).run();
  const [grant] = grantsOf(complete.client_id);
  if (grant) grant.scope = [...grant.scope, 'events:more', 'somebody:elses'];
  const mark = structuredClone(old.client_metadata);

  const grown = replicaOf(all, { scopes: [...scopes, 'events:more'] });
  const written = tenant.state.logs.length;
  await createSweep({ SWEEP_INTERVAL: 3600 }, grown, log).run();
  t.match(grantsOf(old.client_id), [{ scope: [...scopes, 'events:more'] }]);
  t.match(grantsOf(complete.client_id), [{ scope: [...scopes, 'events:more', 'somebody:elses'] }]);
  t.strictSame(old.client_metadata, mark);
  t.equal(tenant.state.logs.length - written, 1, 'one change');

  // The catalog shrinks again: nothing is taken away.
  await createSweep({ SWEEP_INTERVAL: 3600 }, clients, log).run();
  t.match(grantsOf(old.client_id), [{ scope: [...scopes, 'events:more'] }]);
});

t.test('what somebody adds while a sweep goes on is not lost', async (t) => {
  const all = await rig(t, {
    through: (api) => ({
      ...api,
      async listGrants(audience, grantee) {
        const found = await api.listGrants(audience, grantee);
        // The list of all was read long ago when the sweep comes to this client.
        if (!grantee) for (const { scope } of all.grantsOf(client.client_id)) scope.push('late');
        return found;
      },
    }),
  });
  const client = await all.register();
  await all.api.createGrant({ client_id: client.client_id }, all.config.OAUTH_AUDIENCE, []);
  tenantKnows(all, 'late');
  await createSweep({ SWEEP_INTERVAL: 3600 }, all.clients, all.log).run();
  t.match(all.grantsOf(client.client_id), [{ scope: ['late', ...scopes] }]);
});

/** The API has one more scope. */
function tenantKnows({ tenant, config }: Rig, value: string): void {
  tenant.state.apis.get(config.OAUTH_AUDIENCE)?.scopes.push({ value });
}
