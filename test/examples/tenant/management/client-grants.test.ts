import t from 'tap';
import { addThirdParty, api, openTenant } from '../open-tenant.ts';

t.test('a client gets a grant of its own', async (t) => {
  const { tenant, management, call } = await openTenant(t);
  addThirdParty(tenant, 'strict', 'tpc_1');
  const wanted = {
    client_id: 'tpc_1',
    audience: api,
    scope: ['events:read'],
    subject_type: 'user' as const,
  };
  const grant = await management.clientGrants.create(wanted);
  t.match(grant, { id: /^cgr_/, ...wanted });
  t.match(await call('POST', '/client-grants', wanted), {
    status: 409,
    body: { error: 'Conflict' },
  });
  t.match(
    await management.clientGrants.create({ ...wanted, subject_type: 'client' }),
    { subject_type: 'client' },
    'people and machines are granted apart',
  );
  const id = String(grant.id);
  t.match(await management.clientGrants.get(id), wanted);
  const more = ['events:read', 'events:write'];
  t.match(await management.clientGrants.update(id, { scope: more }), { id, scope: more });
  t.match(await call('PATCH', `/client-grants/${id}`, { audience: 'x' }), { status: 400 });
  t.match(await call('PATCH', `/client-grants/${id}`, { scope: ['x'] }), {
    status: 400,
    body: { message: /Scopes not defined by the API .*: x/ },
  });
  await management.clientGrants.delete(id);
  t.match(await call('GET', `/client-grants/${id}`), { status: 404 });
});

t.test('a default for all third-party clients', async (t) => {
  const { management, call } = await openTenant(t);
  const wanted = {
    default_for: 'third_party_clients' as const,
    audience: api,
    scope: [],
    subject_type: 'user' as const,
  };
  await management.clientGrants.create(wanted);
  t.match(await call('POST', '/client-grants', wanted), { status: 409 });
  const listed = await management.clientGrants.list({ default_for: 'third_party_clients' });
  t.equal(listed.data.length, 1);
  t.match(listed.data, [wanted]);
});

t.test('what makes no grant', async (t) => {
  const { call } = await openTenant(t);
  const grant = { audience: api, scope: [] };
  const default_for = 'third_party_clients';
  const post = (more: object) => call('POST', '/client-grants', { ...grant, ...more });
  t.match(await post({}), { status: 400, body: { message: /Exactly one/ } });
  t.match(await post({ client_id: 'machine', default_for }), { status: 400 });
  t.match(await post({ client_id: 'nobody' }), { status: 404 });
  t.match(await post({ client_id: 'machine', audience: 'https://nothing' }), {
    status: 404,
    body: { errorCode: 'inexistent_resource_server' },
  });
  t.match(await post({ client_id: 'machine', scope: ['x'] }), { status: 400 });
});

t.test('lists by client, audience and subject', async (t) => {
  const { tenant, management } = await openTenant(t);
  const audience = `${tenant.origin}/api/v2/`;
  const count = async (query: Parameters<typeof management.clientGrants.list>[0]) =>
    (await management.clientGrants.list(query)).data.length;
  t.equal(await count({ client_id: 'machine', audience, subject_type: 'client' }), 1);
  t.equal(await count({ client_id: 'nobody' }), 0);
  t.equal(await count({ audience: api }), 0);
  t.equal(await count({ subject_type: 'user' }), 0);
});
