import t from 'tap';
import { addThirdParty, api, openTenant } from '../open-tenant.ts';

t.test('lists by ownership, page by page, through npm auth0', async (t) => {
  const { tenant, management } = await openTenant(t);
  for (const n of [1, 2, 3]) addThirdParty(tenant, 'strict', `tpc_${n}`);

  const first = await management.clients.list({ is_first_party: false, page: 0, per_page: 2 });
  t.match(first.response, { start: 0, limit: 2, total: 3, length: 2 });
  t.same(
    first.data.map(({ client_id }) => client_id),
    ['tpc_1', 'tpc_2'],
  );
  t.ok(first.hasNextPage());
  const second = await first.getNextPage();
  t.same(
    second.data.map(({ client_id }) => client_id),
    ['tpc_3'],
  );
  t.notOk(second.hasNextPage());
});

t.test('filters and fields', async (t) => {
  const { tenant, call } = await openTenant(t);
  Object.assign(addThirdParty(tenant, 'strict', 'tpc_1'), {
    app_type: 'native',
    external_client_id: 'https://chatgpt.com/oauth/client.json',
  });
  const ids = async (query: string) => {
    const { body } = await call('GET', `/clients?fields=client_id&${query}`);
    return body;
  };
  t.same(await ids('app_type=native'), [{ client_id: 'tpc_1' }]);
  t.same(await ids('app_type=spa'), []);
  t.same(await ids('is_global=true'), []);
  t.same(await ids('external_client_id=https%3A%2F%2Fchatgpt.com%2Foauth%2Fclient.json'), [
    { client_id: 'tpc_1' },
  ]);
  const one = await call('GET', '/clients/tpc_1?fields=name,callbacks&include_fields=false');
  t.notMatch(one.body, { name: String });
  t.match(one.body, { client_id: 'tpc_1', external_metadata_type: 'dcr' });
  t.match(await call('GET', '/clients?surprise=1'), {
    status: 400,
    body: { errorCode: 'invalid_query_string', message: /not allowed: surprise/ },
  });
});

t.test('no answer but that of a creation has a secret', async (t) => {
  const { management } = await openTenant(t);
  const created = await management.clients.create({ name: 'Backend', app_type: 'regular_web' });
  const id = String(created.client_id);
  t.match(created.client_secret, /^[\w-]{64}$/);
  t.match(created, { is_first_party: true, grant_types: ['authorization_code', 'refresh_token'] });
  const answers = [
    await management.clients.get(id),
    await management.clients.update(id, { description: 'x' }),
    ...(await management.clients.list()).data,
  ];
  for (const answer of answers) t.equal(answer.client_secret, undefined);
});

t.test('a client that is not there', async (t) => {
  const { management } = await openTenant(t);
  const absent = { statusCode: 404, body: { errorCode: 'inexistent_client' } };
  t.match(await management.clients.get('nobody').catch((error) => error), absent);
  t.match(await management.clients.update('nobody', {}).catch((error) => error), absent);
  await t.resolves(management.clients.delete('nobody'));
});

t.test('a permissive client becomes first-party', async (t) => {
  const { tenant, management } = await openTenant(t, { mode: 'permissive' });
  addThirdParty(tenant, 'permissive', 'dcr');
  const updated = await management.clients.update('dcr', {
    is_first_party: true,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    jwt_configuration: { alg: 'RS256' },
  });
  t.match(updated, {
    is_first_party: true,
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
  });
  t.equal(updated.third_party_security_mode, undefined);
  t.match(await management.clients.update('dcr', { is_first_party: false }), {
    third_party_security_mode: 'permissive',
  });
});

t.test('a strict client stays what it was born as', async (t) => {
  const { tenant, call, management } = await openTenant(t);
  addThirdParty(tenant, 'strict', 'tpc_1');
  const before = await management.clients.get('tpc_1');
  const refused = {
    is_first_party: true,
    oidc_conformant: true,
    allowed_logout_urls: [],
    initiate_login_uri: 'https://chatgpt.com/login',
    third_party_security_mode: 'permissive',
    grant_types: ['client_credentials'],
    jwt_configuration: { alg: 'HS256' },
  };
  for (const [field, value] of Object.entries(refused)) {
    t.match(
      await call('PATCH', '/clients/tpc_1', { [field]: value }),
      { status: 400, body: { error: 'Bad Request', errorCode: 'invalid_body', message: field } },
      field,
    );
  }
  t.same(await management.clients.get('tpc_1'), before);

  const patch = {
    name: 'Renamed',
    description: 'promoted',
    logo_uri: 'https://chatgpt.com/logo.png',
    callbacks: ['https://chatgpt.com/connector/oauth/abc'],
    allowed_origins: [],
    web_origins: [],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'none' as const,
    app_type: 'native' as const,
    client_metadata: { by: 'gateway' },
    jwt_configuration: { lifetime_in_seconds: 60, alg: 'RS256' as const },
    refresh_token: { rotation_type: 'rotating' as const, expiration_type: 'expiring' as const },
    redirection_policy: 'open_redirect_protection' as const,
    require_proof_of_possession: false,
  };
  t.match(await management.clients.update('tpc_1', patch), patch);
});

t.test('metadata is merged key by key', async (t) => {
  const { tenant, call } = await openTenant(t);
  addThirdParty(tenant, 'strict', 'tpc_1');
  const patch = async (client_metadata: unknown) =>
    call('PATCH', '/clients/tpc_1', { client_metadata });
  await patch({ a: '1', b: '2' });
  t.match((await patch({ b: null, c: '3' })).body, { client_metadata: { a: '1', c: '3' } });
  t.same(tenant.state.clients.get('tpc_1')?.client_metadata, { a: '1', c: '3' });
  t.match(await patch({ long: 'x'.repeat(256) }), { status: 400 });
  t.match(await patch({ number: 1 }), { status: 400 });
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`k${n}`, 'v']));
  t.match(await patch(many), { status: 400, body: { message: /more than 10/ } });
  t.same(tenant.state.clients.get('tpc_1')?.client_metadata, { a: '1', c: '3' });
});

t.test('an administrator makes third-party clients too', async (t) => {
  const { call } = await openTenant(t);
  const make = (fields: object) => call('POST', '/clients', { name: 'Partner', ...fields });
  t.match(await make({ is_first_party: false }), {
    status: 201,
    body: { client_id: /^tpc_/, third_party_security_mode: 'strict', is_first_party: false },
  });
  t.match(await make({ is_first_party: false, third_party_security_mode: 'permissive' }), {
    status: 201,
    body: { client_id: /^[0-9a-f]{32}$/, third_party_security_mode: 'permissive' },
  });
  t.match(await make({ is_first_party: false, initiate_login_uri: 'https://x.example' }), {
    status: 400,
  });
  t.match(await make({ third_party_security_mode: 'strict' }), { status: 400 });
  t.match(await call('POST', '/clients', {}), { status: 400, body: { message: /name/ } });
  t.match(await make({ surprise: true }), { status: 400, body: { message: /surprise/ } });
  t.notMatch((await make({ token_endpoint_auth_method: 'none' })).body, { client_secret: /./ });
});

t.test('what a deletion takes along', async (t) => {
  const { tenant, management } = await openTenant(t);
  addThirdParty(tenant, 'permissive', 'dcr');
  const [connection] = tenant.state.connections.values();
  connection?.enabledFor.add('dcr');
  await management.clientGrants.create({ client_id: 'dcr', audience: api, scope: [] });
  await management.clients.delete('dcr');
  t.notOk(tenant.state.clients.has('dcr'));
  t.notOk(connection?.enabledFor.has('dcr'));
  t.same((await management.clientGrants.list({ client_id: 'dcr' })).data, []);
  t.equal(tenant.state.clientGrants.size, 1, 'the grant of the machine stays');
});
