import t from 'tap';
import { connect } from '../connect.ts';
import { addThirdParty, api, machine, openTenant } from '../open-tenant.ts';

t.test("a person's consent and refresh token are on record until the client goes", async (t) => {
  const { tenant, management } = await openTenant(t);
  const { state } = tenant;
  addThirdParty(tenant, 'strict', 'tpc_one');
  addThirdParty(tenant, 'strict', 'tpc_two');
  for (const connection of state.connections.values()) connection.is_domain_connection = true;
  await management.clientGrants.create({
    default_for: 'third_party_clients',
    audience: api,
    scope: ['events:read'],
    subject_type: 'user',
  });
  const grantsOf = async (client_id: string) =>
    (await management.userGrants.list({ client_id })).data;
  const tokensOf = async (client_id: string, type?: 'refresh_token' | 'rotating_refresh_token') =>
    (await management.deviceCredentials.list({ client_id, ...(type ? { type } : {}) })).data;
  t.strictSame(await grantsOf('tpc_one'), []);

  await connect(tenant, 'tpc_one', api);
  const [granted, ...others] = await grantsOf('tpc_one');
  t.match(granted, { clientID: 'tpc_one', user_id: 'auth0|pretend-alice', audience: api });
  t.same(granted?.scope, ['events:read', 'offline_access']);
  t.same(others, []);
  t.match(
    await tokensOf('tpc_one', 'rotating_refresh_token'),
    [{ client_id: 'tpc_one', user_id: 'auth0|pretend-alice', type: 'rotating_refresh_token' }],
    'the one that was rotated away is not shown',
  );
  t.strictSame(await tokensOf('tpc_one', 'refresh_token'), []);
  t.strictSame(await tokensOf('tpc_one'), [], 'nor without a type');
  t.strictSame(await grantsOf('tpc_two'), []);
  t.strictSame(await tokensOf('tpc_two', 'rotating_refresh_token'), []);
  const { data } = await management.userGrants.list({ user_id: 'auth0|nobody' });
  t.strictSame(data, []);

  await management.clients.delete('tpc_one');
  t.strictSame(await grantsOf('tpc_one'), []);
  t.strictSame(await tokensOf('tpc_one', 'rotating_refresh_token'), []);
  t.notOk([...state.kept.values()].some(({ clientId }) => clientId === 'tpc_one'));
});

t.test('first-party clients ask for no consent', async (t) => {
  const { tenant, management } = await openTenant(t);
  const { state } = tenant;
  const client = addThirdParty(tenant, 'permissive', 'one');
  client.is_first_party = true;
  for (const connection of state.connections.values()) connection.enabledFor.add('one');
  await connect(tenant, 'one', api, 'events:read');
  t.strictSame((await management.userGrants.list({ client_id: 'one' })).data, []);
  t.strictSame((await management.userGrants.list({ client_id: machine.clientId })).data, []);
});
