import t from 'tap';
import { createLookups, everybody } from '../../src/clients/lookups.ts';
import type { ManagementApi } from '../../src/clients/management.ts';
import { audience, google, rig } from './rig.ts';

/** Tells which methods were called. */
function watch(api: ManagementApi, calls: string[]): ManagementApi {
  return {
    ...api,
    findConnection(name) {
      calls.push(`find ${name}`);
      return api.findConnection(name);
    },
    listEnabledClients(id) {
      calls.push('enabled');
      return api.listEnabledClients(id);
    },
    listGrants(to, grantee) {
      calls.push(`grants ${Object.values(grantee ?? { all: 'all' })}`);
      return api.listGrants(to, grantee);
    },
  };
}

t.test('each thing is read once, until it is forgotten', async (t) => {
  const { api, tenant } = await rig(t);
  const calls: string[] = [];
  const { connections, enabled, grants } = createLookups(watch(api, calls), audience, false);
  const { id } = google(tenant);
  for (const _ of [1, 2]) {
    await Promise.all([connections.get('google-oauth2'), connections.get('google-oauth2')]);
    await enabled.get(id);
    await grants.get('c1');
    await grants.get(everybody);
  }
  t.strictSame(calls, ['find google-oauth2', 'enabled', 'grants c1', 'grants third_party_clients']);
  calls.length = 0;
  connections.forget('google-oauth2');
  enabled.forget(id);
  grants.forget('c1');
  await connections.get('google-oauth2');
  await enabled.get(id);
  await grants.get('c1');
  t.strictSame(calls, ['find google-oauth2', 'enabled', 'grants c1']);
});

t.test('a sweep reads the grants of all clients at once', async (t) => {
  const { api, register } = await rig(t);
  const [one, two] = [await register(), await register()];
  await api.createGrant({ client_id: one.client_id }, audience, ['events:read']);
  const calls: string[] = [];
  const { grants } = createLookups(watch(api, calls), audience, true);
  t.match(await grants.get(one.client_id), [{ clientId: one.client_id, scope: ['events:read'] }]);
  t.strictSame(await grants.get(two.client_id), []);
  t.strictSame(calls, ['grants all']);

  await api.createGrant({ client_id: two.client_id }, audience, []);
  grants.forget(two.client_id);
  t.match(await grants.get(two.client_id), [{ clientId: two.client_id }], 'what changed is new');
  await grants.get(everybody);
  t.strictSame(calls, ['grants all', `grants ${two.client_id}`, 'grants third_party_clients']);
});
