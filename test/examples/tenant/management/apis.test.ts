import t from 'tap';
import { api, openTenant } from '../open-tenant.ts';

t.test('an API is found by identifier and by id', async (t) => {
  const { tenant, management, call } = await openTenant(t);
  const found = await management.resourceServers.get(api);
  t.match(found, {
    identifier: api,
    enforce_policies: true,
    token_dialect: 'access_token_authz',
    allow_offline_access: true,
    scopes: [{ value: 'events:read' }, { value: 'events:write' }],
  });
  t.same(await management.resourceServers.get(String(found.id)), found);
  t.match(await call('GET', '/resource-servers/nothing'), { status: 404 });

  const all = await management.resourceServers.list();
  t.match(all.response, { total: 2 });
  t.match(all.data[1], { identifier: `${tenant.origin}/api/v2/`, is_system: true });
  const [only, ...others] = (await management.resourceServers.list({ identifiers: [api] })).data;
  t.same([only?.identifier, others], [api, []]);
});

t.test('makes and changes an API', async (t) => {
  const { tenant, management, call } = await openTenant(t);
  const identifier = 'https://other.example.com';
  const scopes = [{ value: 'a', description: 'first' }];
  t.match(await management.resourceServers.create({ identifier, scopes }), {
    identifier,
    scopes,
    enforce_policies: false,
    token_dialect: 'access_token',
  });
  t.match(await call('POST', '/resource-servers', { identifier }), { status: 409 });
  const patch = { enforce_policies: true, token_dialect: 'rfc9068_profile_authz' as const };
  t.match(await management.resourceServers.update(identifier, patch), { scopes, ...patch });
  const other = encodeURIComponent(identifier);
  t.match(await call('PATCH', `/resource-servers/${other}`, { identifier: 'x' }), { status: 400 });
  const system = encodeURIComponent(`${tenant.origin}/api/v2/`);
  t.match(await call('PATCH', `/resource-servers/${system}`, { name: 'x' }), {
    status: 400,
    body: { message: /system/ },
  });
});
