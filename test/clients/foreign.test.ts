import t, { type Test } from 'tap';
import type { Client } from '../../examples/tenant/state.ts';
import { createDelete } from '../../src/clients/delete.ts';
import { createForeign } from '../../src/clients/foreign.ts';
import type { ManagementApi } from '../../src/clients/management.ts';
import { createSweep } from '../../src/clients/sweep.ts';
import { keep } from './keep.ts';
import { audience, google, type RigOptions, rig } from './rig.ts';

const evil = { redirect_uris: ['https://evil.example/'] };
const hour = 3_600_000;

/** A sweep with the chore, at a time so many hours after now. */
async function stage(t: Test, options: RigOptions & { hours?: number } = {}) {
  const all = await rig(t, { env: { FOREIGN_CLIENTS: 'delete' }, ...options });
  const { config, log, clients, tenant } = all;
  const api: ManagementApi = options.through?.(all.api) ?? all.api;
  const counts: number[] = [];
  const foreign = createForeign({
    config,
    api,
    remove: createDelete(api, audience, log),
    log,
    count: (found) => counts.push(found),
    now: () => Date.now() + (options.hours ?? 169) * hour,
  });
  const sweep = createSweep({ SWEEP_INTERVAL: 3600 }, clients, log, [foreign]);
  const exists = ({ client_id: id }: Client) => tenant.state.clients.has(id);
  const deletions = () => all.lines.filter(({ message }) => message === 'client is deleted');
  return { ...all, counts, sweep: sweep.run, exists, deletions };
}

t.test('foreign clients are counted and left alone, unless told otherwise', async (t) => {
  const { register, sweep, exists, counts, lines } = await stage(t, { env: {} });
  const client = await register(evil);
  await register();
  await sweep();
  t.ok(exists(client));
  t.strictSame(counts, [1]);
  t.match(
    lines.filter(({ client_id: id }) => id === client.client_id),
    [{ reason: 'redirect_not_allowed', outcome: 'refused' }],
  );
});

t.test('asked for, they are deleted after the time of grace, written out first', async (t) => {
  const early = await stage(t, { hours: 167 });
  const young = await early.register(evil);
  await early.sweep();
  t.ok(early.exists(young));

  const { register, sweep, exists, counts, deletions } = await stage(t);
  const [foreign, good] = [await register(evil), await register()];
  await sweep();
  t.notOk(exists(foreign));
  t.ok(exists(good));
  t.match(deletions(), [
    {
      client_id: foreign.client_id,
      reason: 'redirect_not_allowed',
      why: 'foreign',
      client: { name: 'ChatGPT', callbacks: ['https://evil.example/'] },
    },
  ]);
  t.equal(deletions().length, 1);
  await sweep();
  t.strictSame(counts, [1, 0]);
});

t.test("administrators' clients, pinned ones and those ever promoted stay", async (t) => {
  const { register, sweep, exists, tenant, api, deletions } = await stage(t, {
    mode: 'permissive',
  });
  const changes: Partial<Client>[] = [
    { external_metadata_created_by: 'admin' },
    { external_metadata_type: 'cimd' },
    { is_first_party: true },
    { client_metadata: { gateway_pin: 'keep' } },
    { client_metadata: { gateway_pin: 'deny' } },
    { client_metadata: { gateway_pin: 'whatever' } },
    { client_metadata: { gateway_recipe: 'third-party' } },
    { created_at: 'unknown' },
  ];
  const stay: Client[] = [];
  for (const change of changes) stay.push(Object.assign(await register(evil), change));
  const unmarked = await register(evil);
  delete unmarked.external_metadata_type;
  delete unmarked.external_metadata_created_by;
  const ageless = await register(evil);
  delete ageless.created_at;
  const granted = await register(evil);
  await api.createGrant({ client_id: granted.client_id }, audience, []);
  const connected = await register(evil);
  google(tenant).enabledFor.add(connected.client_id);
  await sweep();
  for (const client of [...stay, unmarked, ageless, granted, connected]) {
    t.ok(exists(client), JSON.stringify(client));
  }
  t.strictSame(deletions(), []);
});

t.test('one that changed since the list was read is judged anew', async (t) => {
  const all = await stage(t, {
    through: (api) => ({
      ...api,
      async getClient(id) {
        const client = await api.getClient(id);
        return { ...client, client_metadata: { gateway_pin: 'keep' } };
      },
    }),
  });
  const client = await all.register(evil);
  await all.sweep();
  t.ok(all.exists(client));
});

t.test('a failure that all would share ends the chore, another does not', async (t) => {
  const all = await stage(t);
  const [one, two] = [await all.register(evil), await all.register(evil)];
  all.withhold('delete:clients');
  await all.sweep();
  t.ok(all.exists(one) && all.exists(two));
  t.equal(all.deletions().length, 1);
  t.match(
    all.lines.filter(({ message }) => message === 'chore failed'),
    [{ code: 'delete_http_403', fix: /delete:clients/ }],
  );

  let gone = '';
  const other = await stage(t, {
    through: (api) => ({
      ...api,
      wholeClient: (id) => api.wholeClient(id === gone ? 'gone' : id),
    }),
  });
  const [first, second] = [await other.register(evil), await other.register(evil)];
  gone = first.client_id;
  await other.sweep();
  t.ok(other.exists(first));
  t.notOk(other.exists(second));
  t.match(
    other.lines.filter(({ message }) => message === 'foreign client not deleted'),
    [{ client_id: first.client_id, code: 'client_http_404' }],
  );
});

t.test("it is one of the sweep's chores; a dry run deletes nothing", async (t) => {
  for (const dryRun of [true, false]) {
    const all = await keep(t, { env: { FOREIGN_CLIENTS: 'delete' }, dryRun });
    const client = await all.register(evil);
    all.pass(8);
    await all.keeper.sweep.run();
    t.ok(all.counted.includes('foreign 1'));
    t.equal(all.tenant.state.clients.has(client.client_id), dryRun);
  }
});
