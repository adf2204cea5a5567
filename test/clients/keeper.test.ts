import t from 'tap';
import { keep } from './keep.ts';

t.test('a use that is not written down yet is, before the gateway ends', async (t) => {
  const { keeper, promoted } = await keep(t);
  const client = await promoted();
  keeper.onCaller(client.client_id);
  await keeper.stop();
  t.type(client.client_metadata?.['gateway_last_used'], 'string');
});

t.test('a tenant that hangs does not keep the gateway from ending', async (t) => {
  const { keeper, promoted, tenant } = await keep(t, { patience: { timeout: 60_000 } });
  const client = await promoted();
  tenant.state.faults.outage = { how: 'hang', prefix: '/' };
  keeper.onCaller(client.client_id);
  await keeper.stop();
  t.equal(client.client_metadata?.['gateway_last_used'], undefined);
});

t.test('where nothing may change, no use is written down either', async (t) => {
  for (const options of [{ dryRun: true }, { env: { PROMOTION: 'observe' } }]) {
    const { keeper, promoted, register, tenant } = await keep(t, options);
    const client = options.dryRun ? await promoted() : await register();
    const written = tenant.state.logs.length;
    keeper.onCaller(client.client_id);
    await keeper.stop();
    await keeper.sweep.once();
    t.equal(tenant.state.logs.length, written);
  }
});

t.test('it sweeps from its start on', async (t) => {
  const { keeper, register, tenant } = await keep(t);
  const client = await register();
  const promoted = new Promise<void>((resolve) => {
    tenant.state.events.on('log', () => client.client_metadata?.['gateway_recipe'] && resolve());
  });
  await keeper.start();
  await promoted;
  await keeper.stop();
  t.pass();
});
