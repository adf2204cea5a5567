import t from 'tap';
import { createMetrics } from '../../src/observe/metrics.ts';

t.test('what the sweep measures of the tenant', async (t) => {
  const metrics = createMetrics({
    tools: new Set(),
    keysAgeSeconds: () => undefined,
    keysStale: () => false,
    lanes: () => [],
    shared: () => 'off',
  });
  metrics.retired('deleted', '');
  metrics.retired('spared', 'refresh_token');
  metrics.quota({ clients: 72, limit: 100, level: 70 });
  metrics.dcr(3);
  const lines = (await metrics.text()).split('\n');
  for (const line of [
    'gateway_retired_clients_total{outcome="deleted",reason=""} 1',
    'gateway_retired_clients_total{outcome="spared",reason="refresh_token"} 1',
    'gateway_tenant_clients 72',
    'gateway_tenant_client_limit 100',
    'gateway_tenant_client_level 70',
    'gateway_dcr_clients_in_use 3',
  ]) {
    t.ok(lines.includes(line), line);
  }
});
