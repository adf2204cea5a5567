import t from 'tap';
import type { TenantClient } from '../../src/clients/client.ts';
import { spare, spared } from '../../src/clients/spare.ts';

const now = Date.parse('2026-11-30T12:00:00Z');
const promotedAt = { gateway_recipe: 'third-party', gateway_promoted_at: '2026-10-01T00:00:00Z' };

const client: TenantClient = {
  client_id: 'tpc_1',
  external_metadata_type: 'dcr',
  external_metadata_created_by: 'client',
  client_metadata: promotedAt,
};
const noted = (metadata: Record<string, string>) => ({
  client_metadata: { ...promotedAt, ...metadata },
});

const rows: [name: string, change: Partial<TenantClient>, wanted: string | undefined][] = [
  ['promoted long ago and never used', {}, undefined],
  ['used long ago', noted({ gateway_last_used: '2026-10-31' }), undefined],
  ['used the day before', noted({ gateway_last_used: '2026-11-29' }), 'in_use'],
  ['used exactly 30 days ago', noted({ gateway_last_used: '2026-10-31T12:00:00Z' }), undefined],
  ['and a moment less', noted({ gateway_last_used: '2026-10-31T12:00:00.001Z' }), 'in_use'],
  ['promoted lately', noted({ gateway_promoted_at: '2026-11-29T00:00:00Z' }), 'in_use'],
  ['a use tomorrow', noted({ gateway_last_used: '2026-12-01' }), 'in_use'],
  ['no metadata', { client_metadata: undefined }, 'not_promoted'],
  ['metadata of others', { client_metadata: { team: 'x' } }, 'not_promoted'],
  ['not said when', { client_metadata: { gateway_recipe: 'x' } }, 'never_dated'],
  ['a date nobody can read', noted({ gateway_last_used: 'yesterday' }), 'never_dated'],
  ['pinned to be kept', noted({ gateway_pin: 'keep' }), 'pinned'],
  ['pinned in any way', noted({ gateway_pin: 'deny' }), 'pinned'],
  ['pinned with a slip of the pen', noted({ gateway_pin: 'kepe' }), 'pinned'],
  ["an administrator's", { external_metadata_created_by: 'admin' }, 'not_self_registered'],
  ['imported', { external_metadata_type: 'cimd' }, 'not_self_registered'],
  ['of unknown origin', { external_metadata_type: undefined }, 'not_self_registered'],
];
for (const [name, change, wanted] of rows) {
  t.test(name, async (t) => {
    t.equal(spare({ ...client, ...change }, 30, now), wanted);
  });
}

t.test('every reason is explained in a sentence', async (t) => {
  for (const text of Object.values(spared)) t.match(text, /^[A-Z].+\.$/);
});
