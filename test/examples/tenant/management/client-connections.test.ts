import t from 'tap';
import { addThirdParty, openTenant } from '../open-tenant.ts';

t.test('the connections of one client, by checkpoint through npm auth0', async (t) => {
  const { tenant, management, call } = await openTenant(t);
  const client = addThirdParty(tenant, 'permissive', 'permissive1');
  const ids = [...tenant.state.connections.keys()];
  const read = async () => {
    const { data } = await management.clients.connections.get(client.client_id, { take: 100 });
    return data.map(({ id }) => id);
  };
  t.strictSame(await read(), []);
  for (const connection of tenant.state.connections.values()) {
    connection.enabledFor.add(client.client_id);
    connection.enabledFor.add('another');
  }
  t.strictSame(await read(), ids);
  const first = await call('GET', '/clients/permissive1/connections?take=1&fields=id');
  t.match(first, { status: 200, body: { connections: [{ id: ids[0] }], next: String } });
  t.match(await call('GET', '/clients/nobody/connections'), { status: 404 });
});
