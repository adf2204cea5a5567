import t from 'tap';
import { createSweep } from '../../src/clients/sweep.ts';
import type { Clients } from '../../src/clients/work.ts';
import { audience, eventOf, google, rig } from './rig.ts';

const often = { SWEEP_INTERVAL: 0.005 };
const rarely = { SWEEP_INTERVAL: 3600 };

t.test('a sweep promotes what no event told of, and leaves the rest alone', async (t) => {
  const { clients, log, register, lines, counted, tenant } = await rig(t);
  const [missed, foreign, done] = [
    await register(),
    await register({ redirect_uris: ['https://x.example/'] }),
    await register(),
  ];
  await clients.fromEvent(eventOf(done), clients.lookups(false));
  const before = [structuredClone(foreign), structuredClone(done)];
  counted.length = 0;
  const sweep = createSweep(rarely, clients, log);
  await sweep.run();
  t.equal(missed.client_metadata?.['gateway_recipe'], 'third-party');
  t.strictSame([foreign, done], before);
  t.ok(counted.includes('sweep 1'));
  const about = (id: string) => lines.filter((line) => line['client_id'] === id);
  t.match(about('gateway_machine'), [{ level: 'debug', reason: 'first_party_already' }]);
  t.match(about(foreign.client_id), [{ level: 'info', reason: 'redirect_not_allowed' }]);

  const [wrote, said] = [tenant.state.logs.length, lines.length];
  counted.length = 0;
  await sweep.run();
  t.equal(tenant.state.logs.length, wrote, 'a second one changes nothing');
  t.equal(lines.length, said, 'and says nothing');
  t.strictSame(counted, ['sweep 0']);
});

t.test('what was left half-way or taken away later is mended', async (t) => {
  const { clients, log, register, tenant } = await rig(t, { mode: 'permissive' });
  const client = await register();
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/api/v2/connections' };
  const result = await clients.fromEvent(eventOf(client), clients.lookups(false));
  t.match(result.outcome, { code: 'conn_lookup_http_503' });
  t.ok(client.is_first_party, 'no third-party client any more, and no connection yet');
  tenant.state.faults.outage = false;

  const sweep = createSweep(rarely, clients, log);
  await sweep.run();
  t.ok(google(tenant).enabledFor.has(client.client_id));
  google(tenant).enabledFor.clear();
  await sweep.run();
  t.ok(google(tenant).enabledFor.has(client.client_id));
});

t.test('a deleted grant comes back', async (t) => {
  const { clients, log, register, tenant, grantsOf } = await rig(t);
  const client = await register();
  const sweep = createSweep(rarely, clients, log);
  await sweep.run();
  for (const { id } of grantsOf(client.client_id)) tenant.state.clientGrants.delete(id);
  await sweep.run();
  t.match(grantsOf(client.client_id), [{ audience }]);
});

t.test(
  'a failure is logged once per client, counted, and the next sweep tries again',
  async (t) => {
    const { clients, log, register, lines, counted, withhold } = await rig(t);
    await register();
    withhold('update:connections');
    const sweep = createSweep(rarely, clients, log);
    await sweep.run();
    await sweep.run();
    t.equal(lines.filter(({ code }) => code === 'conn_domain_http_403').length, 1);
    t.strictSame(
      counted.filter((each) => each.startsWith('sweep')),
      ['sweep 1', 'sweep 1'],
    );
  },
);

t.test('it starts at once, comes again and again, and survives an outage', async (t) => {
  const { clients, log, register, lines, tenant } = await rig(t);
  const client = await register();
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/' };
  const swept = Promise.withResolvers<void>();
  const watched: Clients = {
    ...clients,
    list: () =>
      clients.list().finally(() => {
        tenant.state.faults.outage = false;
      }),
    fromList: (one, lookups) =>
      clients.fromList(one, lookups).finally(() => {
        if (one.client_id === client.client_id) swept.resolve();
      }),
  };
  const sweep = createSweep(often, watched, log);
  t.teardown(sweep.stop);
  await sweep.start();
  await swept.promise;
  t.match(lines[0], {
    level: 'warn',
    message: 'sweep failed',
    code: 'token_http_503',
    retry: true,
  });
  t.equal(client.client_metadata?.['gateway_recipe'], 'third-party');
});

t.test('one sweep at a time, and none after the stop', async (t) => {
  const { clients, log, register } = await rig(t);
  const [one, two] = [await register(), await register()];
  const sweep = createSweep(often, clients, log);
  const [first, second] = [sweep.once(), sweep.once()];
  t.equal(first, second);
  await sweep.stop();
  await first;
  t.notOk(one.client_metadata ?? two.client_metadata, 'stopped before it came to them');
});

t.test('an interval of 0: no sweep of its own, but one on demand', async (t) => {
  const { clients, log, register, tenant, lines } = await rig(t);
  const client = await register();
  const sweep = createSweep({ SWEEP_INTERVAL: 0 }, clients, log);
  await sweep.start();
  await sweep.stop();
  t.equal(client.client_metadata, undefined);
  const again = createSweep({ SWEEP_INTERVAL: 0 }, clients, log);
  const results = await again.once();
  t.match(
    results.filter(({ outcome }) => outcome.outcome !== 'ignored'),
    [{ clientId: client.client_id, outcome: { outcome: 'promoted' } }],
  );
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/' };
  lines.length = 0;
  await t.rejects(again.once(), { code: 'client_list_http_503' });
  t.strictSame(lines, []);
});

t.test(
  'chores come after the promotions, each with the list; a failed one is logged',
  async (t) => {
    const { clients, log, register, lines } = await rig(t);
    const client = await register();
    const did: string[] = [];
    let stopping: Promise<void> | undefined;
    const seen = new Map<string, string | undefined>();
    const sweep = createSweep(rarely, clients, log, [
      async () => Promise.reject(new TypeError('unexpected')),
      async (all) => {
        for (const each of all) seen.set(each.client_id, each.name);
        did.push(String(client.client_metadata?.['gateway_recipe']));
      },
      async () => {
        stopping = sweep.stop();
      },
      async () => void did.push('after the stop'),
    ]);
    await sweep.run();
    await stopping;
    t.strictSame(did, ['third-party']);
    t.equal(seen.get(client.client_id), 'ChatGPT');
    t.match(
      lines.filter(({ message }) => message === 'chore failed'),
      [{ level: 'warn', code: 'internal', error_description: 'unexpected' }],
    );
  },
);
