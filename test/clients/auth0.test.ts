import t from 'tap';
import { createAuth0 } from '../../src/clients/auth0.ts';
import { holdTimers } from '../fixtures/clocks.ts';
import { audience, google, platform, quick, rig } from './rig.ts';

t.test('clients are read, listed over all pages and changed', async (t) => {
  const { api, register, tenant } = await rig(t);
  const client = await register({ token_endpoint_auth_method: 'client_secret_post' });
  const read = await api.getClient(client.client_id);
  t.match(read, {
    client_id: client.client_id,
    name: 'ChatGPT',
    is_first_party: false,
    third_party_security_mode: 'strict',
    external_metadata_type: 'dcr',
    external_metadata_created_by: 'client',
    callbacks: [platform],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_post',
    jwt_configuration: { alg: 'RS256' },
  });
  t.notMatch(JSON.stringify(read), /secret_key|"client_secret"/, 'no secret is kept');

  for (let n = 0; n < 101; n += 1) {
    tenant.state.clients.set(`c${n}`, { ...client, client_id: `c${n}` });
  }
  t.equal((await api.listClients()).length, tenant.state.clients.size);

  const few = await api.findClients(new Set(['c0', 'c50']), 1);
  t.strictSame([...few.keys()], ['c0', 'c50'], 'found on the first page');
  const late = new Set(['c0', 'c100', 'gone']);
  t.strictSame([...(await api.findClients(late, 1)).keys()], ['c0'], 'no page more');
  t.strictSame([...(await api.findClients(late, 9)).keys()], ['c0', 'c100'], 'to the end');

  const change = { client_metadata: { gateway_recipe: 'third-party' } };
  t.match(await api.updateClient(client.client_id, change), change, 'the answer shows it');
  t.strictSame(client.client_metadata, { gateway_recipe: 'third-party' });
});

t.test('connections are found by name, made domain connections and enabled', async (t) => {
  const { api, register, tenant } = await rig(t, { mode: 'permissive' });
  t.equal(await api.findConnection('none of this name'), undefined);
  const { id } = google(tenant);
  google(tenant).options['kept'] = true;
  t.strictSame(await api.findConnection('google-oauth2'), { id, isDomain: false });
  t.strictSame(await api.makeDomainConnection(id), { id, isDomain: true });
  t.strictSame(await api.findConnection('google-oauth2'), { id, isDomain: true });
  t.match(google(tenant).options, { kept: true }, 'options are left alone');

  const client = await register();
  for (let n = 0; n < 150; n += 1) google(tenant).enabledFor.add(`c${n}`);
  t.equal((await api.listEnabledClients(id)).size, 150);
  await api.enableConnection(id, client.client_id);
  t.ok((await api.listEnabledClients(id)).has(client.client_id));
  t.strictSame([...(await api.listConnectionsOf(client.client_id))], [id]);
});

t.test('grants are listed, made and changed', async (t) => {
  const { api, register, grantsOf, tenant } = await rig(t);
  const own = { client_id: (await register()).client_id };
  const everybody = { default_for: 'third_party_clients' } as const;
  t.strictSame(await api.listGrants(audience, own), []);
  const made = await api.createGrant(own, audience, ['events:read']);
  await api.createGrant(everybody, audience, []);
  t.match(grantsOf(own.client_id), [{ subject_type: 'user', scope: ['events:read'] }]);

  const [mine] = await api.listGrants(audience, own);
  t.strictSame(mine, made, 'the answer showed it');
  t.match(mine, { clientId: own.client_id, scope: ['events:read'], allScopes: false });
  t.match(await api.listGrants(audience, everybody), [
    { clientId: undefined, scope: { length: 0 } },
  ]);
  t.equal((await api.listGrants(audience)).length, 2, 'all of them');
  t.strictSame(await api.listGrants(`${tenant.origin}/api/v2/`), [], 'machine grants are others');

  const wider = { scope: ['events:read', 'events:write'] };
  t.match(await api.updateGrant(String(mine?.id), wider.scope), wider);
  t.match(grantsOf(own.client_id), [{ scope: ['events:read', 'events:write'] }]);
  for (const grant of grantsOf(own.client_id)) {
    Object.assign(grant, { allow_all_scopes: true });
    Reflect.deleteProperty(grant, 'scope');
  }
  t.match(await api.listGrants(audience, own), [{ scope: { length: 0 }, allScopes: true }]);
  await t.rejects(api.createGrant(own, audience, []), { code: 'grant_http_409', status: 409 });
});

t.test('failures carry the operation, the status and what Auth0 said', async (t) => {
  const { api, withhold, tenant } = await rig(t);
  withhold('read:connections');
  await t.rejects(api.getClient('gone'), {
    code: 'client_http_404',
    retry: false,
    message: 'The client does not exist',
  });
  await t.rejects(api.findConnection('google-oauth2'), {
    code: 'conn_lookup_http_403',
    message: 'Insufficient scope, expected any of: read:connections',
    fix: 'Give the Management API client the scope read:connections.',
  });
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/api/v2/clients' };
  await t.rejects(api.getClient('x'), { code: 'client_http_503', retry: true });
  tenant.state.faults.outage = false;
  tenant.state.faults.tooMany = 4;
  await t.rejects(api.getClient('x'), { code: 'client_http_429', retry: true });
});

t.test('a wrong secret, a dead tenant and a hanging one', async (t) => {
  const { management, tenant } = await rig(t);
  const wrong = createAuth0({ ...management, clientSecret: 'another secret altogether' }, quick);
  const refused = { code: 'token_http_401', retry: false, fix: /MGMT_CLIENT_SECRET/ };
  await t.rejects(wrong.getClient('x'), refused);

  const deadlines = holdTimers(t, 100_000);
  const api = createAuth0(management, { ...quick, timeout: 100_000 });
  const givenUp = async (code: string): Promise<void> => {
    let waits = true;
    const failed = t.rejects(api.getClient('x'), { code, retry: true }).finally(() => {
      waits = false;
    });
    while (waits) {
      for (const deadline of deadlines()) deadline.end();
      await new Promise(setImmediate);
    }
    await failed;
  };
  tenant.state.faults.outage = { how: 'hang', prefix: '/oauth/token' };
  await givenUp('token_unreachable');
  tenant.state.faults.outage = false;
  await t.rejects(api.getClient('x'), { code: 'client_http_404' });
  tenant.state.faults.outage = { how: 'hang', prefix: '/api/v2' };
  await givenUp('client_unreachable');
  const dead = createAuth0({ ...management, origin: 'http://127.0.0.1:1' }, quick);
  await t.rejects(dead.getClient('x'), { code: 'token_unreachable', retry: true });
});

t.test('a scope given later is taken up when the token is old enough', async (t) => {
  let now = Date.now();
  const { management, tenant, withhold } = await rig(t);
  const machineGrant = [...tenant.state.clientGrants.values()].find(
    ({ client_id: id }) => id === management.clientId,
  );
  const before = machineGrant?.scope ?? [];
  withhold('read:connections');
  const api = createAuth0(management, quick, () => now);
  const denied = { code: 'conn_lookup_http_403' };
  await t.rejects(api.findConnection('google-oauth2'), denied);
  if (machineGrant) machineGrant.scope = before;
  await t.rejects(api.findConnection('google-oauth2'), denied, 'the token is young');
  now += 300_000;
  const both = await Promise.all([
    api.findConnection('google-oauth2'),
    api.findConnection('google-oauth2'),
  ]);
  t.match(both, [{ isDomain: false }, { isDomain: false }]);
});
