import t from 'tap';
import { addThirdParty, openTenant } from '../open-tenant.ts';

t.test('lists by name and strategy, by checkpoint through npm auth0', async (t) => {
  const { management, call } = await openTenant(t);
  const named = await management.connections.list({ name: 'google-oauth2' });
  t.match(named.data, [{ name: 'google-oauth2', is_domain_connection: false }]);
  t.equal(named.data.length, 1);
  t.match((await management.connections.list({ strategy: ['auth0', 'github'] })).data, [
    { strategy: 'auth0' },
  ]);

  const first = await management.connections.list({ take: 1 });
  t.ok(first.hasNextPage());
  t.match((await call('GET', `/connections?from=${first.response.next}`)).body, {
    connections: [{ strategy: 'auth0' }],
  });
  t.match((await first.getNextPage()).data, [{ name: 'Username-Password-Authentication' }]);
  t.match((await call('GET', '/connections?from=bm9uc2Vuc2U')).body, {
    statusCode: 400,
    errorCode: 'invalid_paging',
  });
  t.same((await call('GET', '/connections?fields=name')).body, [
    { name: 'google-oauth2' },
    { name: 'Username-Password-Authentication' },
  ]);
});

t.test('no answer names the clients of a connection', async (t) => {
  const { tenant, management } = await openTenant(t);
  const [google] = tenant.state.connections.values();
  google?.enabledFor.add('machine');
  const one = await management.connections.get(String(google?.id));
  t.equal(one.enabled_clients, undefined);
  t.notOk('enabledFor' in one);
});

t.test('becomes a domain connection and keeps its options', async (t) => {
  const { tenant, management, call } = await openTenant(t);
  const id = String([...tenant.state.connections.keys()][0]);
  const before = tenant.state.connections.get(id)?.options;
  t.match(await management.connections.update(id, { is_domain_connection: true }), {
    is_domain_connection: true,
    options: before,
  });
  t.match(await call('PATCH', `/connections/${id}`, { enabled_clients: ['machine'] }), {
    status: 400,
    body: { errorCode: 'invalid_body', message: /enabled_clients/ },
  });
  t.match(await call('PATCH', `/connections/${id}`, { name: 'other' }), { status: 400 });
  t.match(await call('PATCH', `/connections/${id}`, ['x']), { status: 400 });
  t.match(await call('PATCH', `/connections/${id}`, 'x'), { status: 400 });
  await management.connections.update(id, { options: { email: true } });
  t.same(tenant.state.connections.get(id)?.options, { email: true }, 'options are replaced whole');
  t.match(await call('GET', '/connections/con_none'), {
    status: 404,
    body: { errorCode: 'inexistent_connection' },
  });
});

t.test('clients are enabled one by one', async (t) => {
  const { tenant, management, call } = await openTenant(t);
  addThirdParty(tenant, 'permissive', 'dcr1');
  addThirdParty(tenant, 'permissive', 'dcr2');
  addThirdParty(tenant, 'strict', 'tpc_1');
  const id = String([...tenant.state.connections.keys()][0]);
  const path = `/connections/${id}/clients`;
  const on = (client_id: string) => ({ client_id, status: true });

  await management.connections.clients.update(id, [on('dcr1'), on('dcr2')]);
  const first = await management.connections.clients.get(id, { take: 1 });
  t.same(first.data, [{ client_id: 'dcr1' }]);
  t.same((await first.getNextPage()).data, [{ client_id: 'dcr2' }]);

  t.match(await call('PATCH', path, [{ client_id: 'dcr1', status: false }, on('tpc_1')]), {
    status: 204,
    body: '',
  });
  t.same((await call('GET', path)).body, { clients: [{ client_id: 'dcr2' }] }, 'tpc_1 is not kept');

  t.match(await call('PATCH', path, [on('dcr1'), on('nobody')]), { status: 404 });
  t.same((await call('GET', path)).body, { clients: [{ client_id: 'dcr2' }] }, 'all or nothing');
  t.match(await call('PATCH', path, []), { status: 400 });
  t.match(await call('PATCH', path, Array(51).fill(on('dcr1'))), { status: 400 });
});
