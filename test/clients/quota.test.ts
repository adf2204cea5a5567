import t from 'tap';
import { quotaOf } from '../../src/clients/quota.ts';
import { keep } from './keep.ts';

const many = (count: number) => Array.from({ length: count }, (_, i) => ({ client_id: `${i}` }));

t.test('levels', async (t) => {
  const level = (count: number, limit: number) => quotaOf(many(count), limit).level;
  t.strictSame([level(69, 100), level(70, 100), level(89, 100), level(90, 100)], [0, 70, 70, 90]);
  t.strictSame([level(6, 10), level(7, 10), level(9, 10), level(11, 10)], [0, 70, 90, 90]);
  t.equal(level(100_000, 0), 0, 'nothing is known of the limit');
  const all = [...many(6), { client_id: 'All Applications', global: true }];
  t.strictSame(quotaOf(all, 10), { clients: 6, limit: 10, level: 0 });
});

t.test('the sweep counts each time and warns when a level is reached', async (t) => {
  const { keeper, register, tenant, counted, lines } = await keep(t, {
    env: { TENANT_CLIENT_LIMIT: '10' },
  });
  const fill = async (count: number) => {
    while (tenant.state.clients.size < count) await register();
    await keeper.sweep.run();
  };
  for (const count of [6, 7, 8, 9, 10]) await fill(count);
  const quotas = counted.filter((each) => each.startsWith('quota'));
  t.strictSame(quotas, [
    'quota 6/10 0',
    'quota 7/10 70',
    'quota 8/10 70',
    'quota 9/10 90',
    'quota 10/10 90',
  ]);
  const warned = () => lines.filter(({ level, limit }) => level === 70 || level === 90 || limit);
  t.strictSame(
    warned().map(({ message }) => message),
    ['the tenant holds 7 of 10 applications', 'the tenant holds 9 of 10 applications'],
  );
  const [first] = tenant.state.clients.keys();
  for (const id of tenant.state.clients.keys()) if (id !== first) tenant.state.clients.delete(id);
  await keeper.sweep.run();
  await fill(7);
  t.equal(warned().length, 3, 'again, after it was better');
});
