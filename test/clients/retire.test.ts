import t from 'tap';
import { keep } from './keep.ts';
import { eventOf } from './rig.ts';

const env = { RETIRE_UNUSED_DAYS: '30' };

t.test('a client nobody used is written out in full and then deleted', async (t) => {
  const { keeper, promoted, pass, tenant, lines, counted, retirements, grantsOf } = await keep(t, {
    env,
  });
  const client = await promoted();
  const scope = grantsOf(client.client_id)[0]?.scope;
  client.client_secret = 'only Auth0 and the client know it';
  t.strictSame(await keeper.retire(await keeper.clients.list()), [], 'not on its first day');
  pass(31);
  const list = await keeper.clients.list();
  lines.length = 0;
  const day = String(client.client_metadata?.['gateway_promoted_at']).slice(0, 10);
  t.strictSame(await keeper.retire(list), [
    {
      client_id: client.client_id,
      client_name: 'ChatGPT',
      last_seen: day,
      outcome: 'deleted',
    },
  ]);
  t.equal(tenant.state.clients.get(client.client_id), undefined);
  t.match(lines, [
    {
      level: 'warn',
      message: 'client is deleted',
      why: `unused since ${day}`,
      unused_days: 30,
      client: {
        client_id: client.client_id,
        name: 'ChatGPT',
        callbacks: client.callbacks,
        third_party_security_mode: 'strict',
        client_metadata: { gateway_recipe: 'third-party' },
        oidc_conformant: true,
      },
      client_grants: [{ scope }],
    },
    { level: 'info', message: 'unused client deleted' },
  ]);
  t.notMatch(JSON.stringify(lines), 'only Auth0');
  t.ok(counted.includes('retired deleted '));
  t.equal(retirements().length, 1);
  t.strictSame(await keeper.retire(await keeper.clients.list()), []);
});

t.test('as long as a person could come back it stays', async (t) => {
  const { keeper, promoted, pass, login, tenant } = await keep(t, { env });
  const { kept, clients } = tenant.state;
  const client = await promoted();
  await login(client);
  pass(31);
  const list = await keeper.clients.list();
  t.match(await keeper.retire(list), [{ outcome: 'spared', reason: 'refresh_token' }]);
  for (const key of kept.keys()) if (key.startsWith('RefreshToken:')) kept.delete(key);
  t.match(await keeper.retire(list), [{ outcome: 'spared', reason: 'user_grant' }]);
  for (const key of kept.keys()) if (key.startsWith('Grant:')) kept.delete(key);
  t.ok(clients.has(client.client_id));
  t.match(await keeper.retire(list), [{ outcome: 'deleted' }]);
});

for (const [scope, code] of [
  ['read:device_credentials', 'tokens_http_403'],
  ['read:grants', 'user_grants_http_403'],
] as const) {
  t.test(`without ${scope} nothing is deleted, and the log says why`, async (t) => {
    const { keeper, promoted, pass, withhold, tenant, retirements } = await keep(t, { env });
    withhold(scope);
    const client = await promoted();
    pass(31);
    const list = await keeper.clients.list();
    const wanted = [
      {
        outcome: 'spared',
        reason: 'unknown',
        code,
        fix: `Give the Management API client the scope ${scope}.`,
      },
    ];
    t.match(await keeper.retire(list), wanted);
    t.match(retirements(), wanted);
    t.ok(tenant.state.clients.has(client.client_id));
  });
}

t.test('a deletion that fails, for good and for now', async (t) => {
  const { keeper, promoted, pass, withhold, tenant, retirements } = await keep(t, { env });
  withhold('delete:clients');
  const client = await promoted();
  pass(31);
  const list = await keeper.clients.list();
  t.match(await keeper.retire(list), [
    { outcome: 'failed', code: 'delete_http_403', fix: /delete:clients/ },
  ]);
  t.match(retirements(), [{ level: 'error', outcome: 'failed' }]);
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/api/v2/clients/' };
  const [failed] = await keeper.retire(list);
  t.match(failed, { outcome: 'failed', code: 'client_http_503' });
  t.notOk(failed && 'fix' in failed);
  t.ok(tenant.state.clients.has(client.client_id));
});

t.test('the list may be old: each is looked at again', async (t) => {
  let meanwhile = () => {};
  const { keeper, promoted, pass, tenant } = await keep(t, {
    env,
    through: (api) => ({
      ...api,
      async hasUserGrants(id) {
        const has = await api.hasUserGrants(id);
        meanwhile();
        return has;
      },
    }),
  });
  const client = await promoted();
  pass(31);
  const list = await keeper.clients.list();
  meanwhile = () => keeper.onCaller(client.client_id);
  t.match(await keeper.retire(list), [{ outcome: 'spared', reason: 'in_use' }]);
  t.strictSame(await keeper.retire(list), [], 'and from then on it is in use');

  const other = await promoted();
  pass(31);
  const longer = await keeper.clients.list();
  meanwhile = () => tenant.state.clients.delete(other.client_id);
  const outcomes = (await keeper.retire(longer)).map(({ reason }) => reason);
  t.ok(outcomes.includes('gone'));
});

t.test('RETIRE_MAX a time, the longest unused first', async (t) => {
  const { keeper, promoted, pass, tenant, retirements } = await keep(t, {
    env: { ...env, RETIRE_MAX: '1' },
  });
  const younger = await promoted({ gateway_last_used: '2026-01-02' });
  const older = await promoted({ gateway_last_used: '2026-01-01' });
  pass(31);
  t.match(await keeper.retire(await keeper.clients.list()), [
    { client_id: older.client_id, outcome: 'deleted' },
    { client_id: younger.client_id, outcome: 'spared', reason: 'enough' },
  ]);
  t.equal(retirements().length, 1);
  await keeper.sweep.run();
  t.notOk(tenant.state.clients.has(younger.client_id), 'the next one comes with the next sweep');
});

t.test('RETIRE=dry-run names them and deletes none', async (t) => {
  const { keeper, promoted, pass, tenant, retirements } = await keep(t, {
    env: { ...env, RETIRE: 'dry-run', RETIRE_MAX: '1' },
  });
  const [one, two] = [await promoted(), await promoted()];
  pass(31);
  const written = tenant.state.logs.length;
  await keeper.sweep.run();
  t.strictSame(
    retirements().map((line) => Object(line).client_id),
    [one.client_id, two.client_id],
  );
  t.match(retirements(), [{ outcome: 'would_delete' }, { outcome: 'would_delete' }]);
  t.equal(tenant.state.logs.length, written);
  await keeper.sweep.run();
  t.equal(retirements().length, 2, 'once a day');
  pass(1);
  await keeper.sweep.run();
  t.equal(retirements().length, 4);
});

t.test('while promotion only observes nothing is deleted either', async (t) => {
  const { keeper, register, pass, tenant } = await keep(t, {
    env: { ...env, PROMOTION: 'observe' },
  });
  const client = await register();
  client.client_metadata = { gateway_recipe: 'third-party', gateway_last_used: '2026-01-01' };
  pass(31);
  t.match(await keeper.retire(await keeper.clients.list()), [{ outcome: 'would_delete' }]);
  t.ok(tenant.state.clients.has(client.client_id));
});

t.test('RETIRE_UNUSED_DAYS=0: never', async (t) => {
  const { keeper, promoted, pass, tenant } = await keep(t);
  const client = await promoted();
  pass(3650);
  t.strictSame(await keeper.retire(await keeper.clients.list()), []);
  t.ok(tenant.state.clients.has(client.client_id));
});

t.test('what is not ours is never deleted, however old', async (t) => {
  const { keeper, promoted, register, pass, tenant } = await keep(t, { env });
  await promoted({ gateway_pin: 'keep' });
  const foreign = await register({ redirect_uris: ['https://foreign.example/'] });
  const before = tenant.state.clients.size;
  await keeper.clients.fromEvent(eventOf(foreign), keeper.clients.lookups(false));
  pass(3650);
  t.strictSame(await keeper.retire(await keeper.clients.list()), []);
  t.equal(tenant.state.clients.size, before);
});
