import t, { type Test } from 'tap';
import { createCommands } from '../../src/clients/command.ts';
import { readCommand } from '../../src/clients/command-line.ts';
import { documentHost } from './document.ts';
import { type Kept, keep } from './keep.ts';
import { google, scopes } from './rig.ts';

interface Desk extends Kept {
  run(line: string): Promise<{ json: unknown; text: string; code: number }>;
}

async function desk(t: Test, options: Parameters<typeof keep>[1] = {}): Promise<Desk> {
  const all = await keep(t, options);
  const { config, keeper } = all;
  const run = createCommands({ config, catalog: { scopes }, keeper, now: Date.now });
  return {
    ...all,
    run(line) {
      const command = readCommand(line.split(' '));
      if (!command) throw new Error(`not understood: ${line}`);
      return run(command);
    },
  };
}

t.test('list: every client, how full the tenant is, and what of registration', async (t) => {
  const { run, promoted, register, tenant } = await desk(t, { env: { TENANT_CLIENT_LIMIT: '10' } });
  const done = await promoted({ gateway_last_used: '2026-11-01', gateway_pin: 'keep' });
  const open = await register();
  const foreign = await register({ redirect_uris: ['https://foreign.example/'] });
  tenant.state.clients.set('global', { ...open, client_id: 'global', global: true });
  const { json, text, code } = await run('list');
  t.equal(code, 0);
  t.strictSame(json, {
    clients: [
      {
        client_id: 'gateway_machine',
        name: 'Gateway',
        kind: 'first-party',
        verdict: 'ignore',
        reason: 'first_party_already',
        promoted: false,
      },
      {
        client_id: done.client_id,
        name: 'ChatGPT',
        kind: 'strict',
        verdict: 'promote',
        recipe: 'third-party',
        promoted: true,
        last_used: '2026-11-01',
        pin: 'keep',
        connection: 'ready',
        grant: 'ready',
      },
      {
        client_id: open.client_id,
        name: 'ChatGPT',
        kind: 'strict',
        verdict: 'promote',
        recipe: 'third-party',
        promoted: false,
        connection: 'ready',
        grant: 'missing',
      },
      {
        client_id: foreign.client_id,
        name: 'ChatGPT',
        kind: 'strict',
        verdict: 'refuse',
        reason: 'redirect_not_allowed',
        detail: 'https://foreign.example/',
        promoted: false,
      },
    ],
    quota: { clients: 4, limit: 10, level: 0 },
    dcr: { inUse: 1, missing: ['chatgpt'], dispensable: false },
  });
  t.match(text, /^CLIENT ID +NAME +KIND +VERDICT +PROMOTED +CONNECTION +GRANT +LAST USED +PIN\n/);
  t.match(text, new RegExp(`${foreign.client_id} +ChatGPT +strict +redirect_not_allowed +no`));
  t.match(text, '4 of 10 applications in the tenant.\nDynamic registration is needed');
});

t.test('list: permissive and imported clients', async (t) => {
  const { run, register, promoted, keeper, tenant } = await desk(t, { mode: 'permissive' });
  await documentHost(t, tenant);
  const [done, open] = [await promoted(), await register()];
  const imported = await keeper.importDocument('https://chatgpt.com/oauth/client.json');
  const { json, text } = await run('list');
  t.match(json, {
    clients: [
      {},
      { client_id: done.client_id, kind: 'first-party', connection: 'ready', grant: 'not_needed' },
      { client_id: open.client_id, kind: 'permissive', connection: 'missing' },
      { client_id: imported.clientId, kind: 'imported', connection: 'ready', grant: 'ready' },
    ],
  });
  t.match(text, '4 applications in the tenant.');
});

t.test('a login connection the tenant does not have', async (t) => {
  const { run, register, tenant } = await desk(t, { env: { LOGIN_CONNECTIONS: 'nowhere' } });
  const client = await register();
  t.match(await run(`show ${client.client_id}`), { json: { connection: 'not_found' } });
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/api/v2/connections' };
  t.match(await run('list'), { code: 69, json: { code: 'conn_lookup_http_503' } });
});

t.test('show: one client, what its verdict means, and all Auth0 has of it', async (t) => {
  const { run, register, promoted } = await desk(t);
  const foreign = await register({ redirect_uris: ['https://foreign.example/'] });
  const { json, text, code } = await run(`show ${foreign.client_id}`);
  t.equal(code, 0);
  t.match(json, { reason: 'redirect_not_allowed', client: { oidc_conformant: true } });
  t.match(text, /^reason +redirect_not_allowed\n +One of its redirect URIs/m);
  t.match(text, /^redirects +https:\/\/foreign\.example\/$/m);
  const pinned = await promoted({ gateway_pin: 'keep' });
  t.match((await run(`show ${pinned.client_id}`)).text, /^pin +keep\n +Is never deleted/m);
  t.match(await run('show nobody'), {
    code: 1,
    json: { outcome: 'failed', code: 'client_http_404' },
    text: 'client_http_404: The client does not exist.\n',
  });
});

t.test('promote: the exit code says whether it is in', async (t) => {
  const { run, register, grantsOf, tenant } = await desk(t);
  const [good, foreign] = [
    await register(),
    await register({ redirect_uris: ['https://foreign.example/'] }),
  ];
  const first = await run(`promote ${good.client_id}`);
  t.match(first, { code: 0, json: { outcome: 'promoted', recipe: 'third-party' } });
  t.equal(first.text, `promoted ${good.client_id} ChatGPT\n`);
  t.match(grantsOf(good.client_id), [{ scope: scopes }]);
  t.match(await run(`promote ${good.client_id}`), { code: 0, json: { outcome: 'already' } });
  t.match(await run(`promote ${foreign.client_id}`), {
    code: 1,
    text: /^refused tpc_\w+ ChatGPT: redirect_not_allowed\. One of/,
  });
  t.match(await run('promote gateway_machine'), { code: 1, json: { outcome: 'ignored' } });
  const later = await register();
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/api/v2/client-grants' };
  t.match(await run(`promote ${later.client_id}`), {
    code: 69,
    text: /: grant\w*_http_503: /,
  });
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/' };
  t.match(await run(`promote ${later.client_id}`), { code: 69, json: { outcome: 'failed' } });
});

t.test('promote --dry-run decides and changes nothing', async (t) => {
  const { run, register, tenant } = await desk(t, { dryRun: true });
  const client = await register();
  const written = tenant.state.logs.length;
  t.match(await run(`promote ${client.client_id} --dry-run`), {
    code: 0,
    json: { outcome: 'observed', verdict: 'promote' },
  });
  t.equal(tenant.state.logs.length, written);
});

t.test('sweep: what it did, and what it could not', async (t) => {
  const { run, register, tenant } = await desk(t);
  const client = await register();
  await register({ redirect_uris: ['https://foreign.example/'] });
  const { text, code, json } = await run('sweep');
  t.equal(code, 0, 'a refusal is no failure');
  t.match(json, [{}, { client_id: client.client_id, outcome: 'promoted' }, { outcome: 'refused' }]);
  t.match(text, /^promoted .*\nrefused .*\n1 other clients needed nothing\.\n$/);
  await register();
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/api/v2/client-grants' };
  t.equal((await run('sweep')).code, 69);
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/' };
  t.match(await run('sweep'), { code: 69, json: { code: 'client_list_http_503' } });
});

t.test('sweep: a failure for good is told from one that may pass', async (t) => {
  const { run, register, withhold } = await desk(t);
  withhold('create:client_grants');
  await register();
  t.match(await run('sweep'), { code: 1, text: /grant_http_403: .* Give the Management API/ });
});

t.test('retire: what was deleted, what was spared and why', async (t) => {
  const { run, promoted, pass, login, tenant } = await desk(t, {
    env: { RETIRE_UNUSED_DAYS: '30' },
  });
  t.match(await run('retire'), {
    code: 0,
    json: { length: 0 },
    text: 'No client was unused for 30 days.\n',
  });
  const [dead, alive] = [await promoted(), await promoted()];
  await login(alive);
  pass(31);
  const dry = await run('retire --dry-run');
  t.match(dry, { code: 0, json: [{ outcome: 'would_delete' }, { reason: 'refresh_token' }] });
  t.ok(tenant.state.clients.has(dead.client_id));
  const { text, code } = await run('retire');
  t.equal(code, 0);
  t.match(text, new RegExp(`${dead.client_id} +ChatGPT +\\S+ +deleted +-`));
  t.match(text, /spared +refresh_token: A person holds/);
  t.strictSame(
    [dead, alive].map(({ client_id }) => tenant.state.clients.has(client_id)),
    [false, true],
  );
});

t.test('retire: switched off, and failing', async (t) => {
  const off = await desk(t);
  t.match(await off.run('retire'), {
    code: 0,
    json: { length: 0 },
    text: /RETIRE_UNUSED_DAYS is 0/,
  });
  const { run, promoted, pass, withhold } = await desk(t, { env: { RETIRE_UNUSED_DAYS: '1' } });
  withhold('delete:clients');
  await promoted();
  pass(2);
  t.match(await run('retire'), { code: 1, text: /failed +delete_http_403 +Give the Management/ });
});

t.test('pin: writes the word, or takes it away', async (t) => {
  const { run, promoted, tenant } = await desk(t);
  const client = await promoted();
  const id = client.client_id;
  const pinned = await run(`pin ${id} deny`);
  t.equal(client.client_metadata?.['gateway_pin'], 'deny');
  t.match(pinned, { code: 0, json: { pin: 'deny', verdict: 'refuse', reason: 'pinned_deny' } });
  t.match(pinned.text, /^pin +deny\n +Is never promoted/m);
  const written = tenant.state.logs.length;
  t.match(await run(`pin ${id} keep --dry-run`), { json: { pin: 'keep', verdict: 'promote' } });
  t.equal(tenant.state.logs.length, written);
  const { json } = await run(`pin ${id} none`);
  t.notOk(Object(json).pin);
  t.equal(client.client_metadata?.['gateway_pin'], undefined);
  t.equal(client.client_metadata?.['gateway_recipe'], 'third-party');
});

t.test('cimd import: the document, or why not', async (t) => {
  const { run, tenant } = await desk(t);
  const host = await documentHost(t, tenant);
  t.match(await run('cimd import chatgpt --dry-run'), { code: 0, json: { outcome: 'observed' } });
  t.match(await run('cimd import chatgpt'), { code: 0, json: { outcome: 'promoted' } });
  t.ok(google(tenant).is_domain_connection);
  host.close();
  t.match(await run('cimd import chatgpt'), { code: 1, text: /^cimd_document: / });
});
