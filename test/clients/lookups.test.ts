import t from 'tap';
import { createLookups, everybody, type KnownConnections } from '../../src/clients/lookups.ts';
import type { ManagementApi } from '../../src/clients/management.ts';
import { createRecent } from '../../src/clients/recent.ts';
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
    listConnectionsOf(id) {
      calls.push(`enabled for ${id}`);
      return api.listConnectionsOf(id);
    },
    getClient(id) {
      calls.push(`client ${id}`);
      return api.getClient(id);
    },
    findClients(ids, pages) {
      calls.push(`list of ${ids.size}, ${pages} pages`);
      return api.findClients(ids, pages);
    },
    listGrants(to, grantee) {
      calls.push(`grants ${Object.values(grantee ?? { all: 'all' })}`);
      return api.listGrants(to, grantee);
    },
  };
}

const none = (): KnownConnections => createRecent(60_000, 10, Date.now);

t.test('each thing is read once, until it is forgotten', async (t) => {
  const { api, register, tenant } = await rig(t, { mode: 'permissive' });
  const { client_id: own } = await register();
  const calls: string[] = [];
  const lookups = createLookups(watch(api, calls), audience, false, none());
  const { connections, enabled, grants } = lookups;
  const { id } = google(tenant);
  t.notOk(enabled.known(own));
  t.equal(grants.known(own), undefined);
  for (const _ of [1, 2]) {
    await Promise.all([connections.get('google-oauth2'), connections.get('google-oauth2')]);
    t.notOk(await enabled.has(id, own));
    await grants.get(own);
    await grants.get(everybody);
  }
  t.ok(enabled.known(own));
  t.strictSame(await grants.known(own), []);
  const once = ['find google-oauth2', `enabled for ${own}`, `grants ${own}`];
  t.strictSame(calls, [...once, 'grants third_party_clients']);
  calls.length = 0;
  google(tenant).enabledFor.add(own);
  enabled.forget(own);
  grants.forget(own);
  t.ok(await enabled.has(id, own));
  await grants.get(own);
  t.strictSame(calls, [`enabled for ${own}`, `grants ${own}`]);
});

t.test('a connection that was found is believed for a while, but not by a sweep', async (t) => {
  const { api } = await rig(t);
  const calls: string[] = [];
  const known = none();
  const open = (wide: boolean) => createLookups(watch(api, calls), audience, wide, known);
  await open(false).connections.get('nowhere');
  await open(false).connections.get('nowhere');
  const found = await open(false).connections.get('google-oauth2');
  t.strictSame(await open(false).connections.get('google-oauth2'), found);
  await open(true).connections.get('google-oauth2');
  const searched = ['find nowhere', 'find nowhere', 'find google-oauth2', 'find google-oauth2'];
  t.strictSame(calls, searched);

  const changed = { id: String(found?.id), isDomain: true };
  open(true).connections.set('google-oauth2', changed);
  t.strictSame(await open(false).connections.get('google-oauth2'), changed);
  open(true).connections.set('google-oauth2', undefined);
});

t.test('a sweep reads grants and enabled clients of all at once', async (t) => {
  const { api, register, tenant } = await rig(t, { mode: 'permissive' });
  const [one, two] = [await register(), await register()];
  await api.createGrant({ client_id: one.client_id }, audience, ['events:read']);
  const calls: string[] = [];
  const { enabled, grants } = createLookups(watch(api, calls), audience, true, none());
  t.match(await grants.known(one.client_id), [{ clientId: one.client_id, scope: ['events:read'] }]);
  t.strictSame(await grants.get(two.client_id), []);
  const { id, enabledFor } = google(tenant);
  enabledFor.add(one.client_id);
  t.ok(enabled.known(two.client_id));
  t.ok(await enabled.has(id, one.client_id));
  t.notOk(await enabled.has(id, two.client_id));
  t.strictSame(calls, ['grants all', 'enabled']);

  await api.createGrant({ client_id: two.client_id }, audience, []);
  grants.forget(two.client_id);
  t.equal(grants.known(two.client_id), undefined);
  t.match(await grants.get(two.client_id), [{ clientId: two.client_id }], 'what changed is new');
  await grants.get(everybody);
  enabledFor.add(two.client_id);
  enabled.forget(two.client_id);
  t.ok(await enabled.has(id, two.client_id));
  const narrow = [`grants ${two.client_id}`, 'grants third_party_clients'];
  t.strictSame(calls.slice(2), [...narrow, `enabled for ${two.client_id}`]);
});

t.test('few clients are read one by one, many from the list', async (t) => {
  const { api, register } = await rig(t);
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push((await register()).client_id);
  const calls: string[] = [];
  const open = () => createLookups(watch(api, calls), audience, false, none()).clients;
  const few = open();
  for (const id of ids.slice(0, 3)) few.want(id);
  for (const id of ids.slice(0, 3)) t.match(await few.get(id), { client_id: id });
  t.strictSame(
    calls,
    ids.slice(0, 3).map((id) => `client ${id}`),
  );

  calls.length = 0;
  const many = open();
  for (const id of [...ids, 'gone']) many.want(id);
  for (const id of ids) t.match(await many.get(id), { client_id: id });
  await t.rejects(many.get('gone'), { code: 'client_http_404' }, 'not on the list: asked for');
  t.strictSame(calls, ['list of 6, 3 pages', 'client gone']);
});
