import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { keep } from './clients/keep.ts';
import { audience, webhookSecret } from './clients/rig.ts';
import type { Env } from './gateway.ts';

t.jobs = 4;

/** Only these cross: the settings of who runs the tests are not ours. */
const kept = Object.entries(process.env).filter(([name]) => /^(PATH|TMPDIR|NODE_|TAP)/.test(name));
const inherited = Object.fromEntries(kept.filter(([name]) => name !== 'NODE_ENV'));

/** The command line as a process of its own. */
async function run(t: Test, line: string, env: Env) {
  const args = ['src/clients-main.ts', ...line.split(' ').filter((word) => word !== '')];
  const child = spawn(process.execPath, args, { env: { ...inherited, ...env } });
  t.teardown(() => child.kill('SIGKILL'));
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, err, code };
}

const least = {
  OAUTH_ISSUER: 'http://127.0.0.1:9/',
  OAUTH_AUDIENCE: audience,
  FUNCTIONS_BASE: 'http://127.0.0.1:1',
  TOOL_SCOPES_JSON: '{"listEvents":["events:read"]}',
};

t.test('what is not understood: 64 and the usage', { buffered: true }, async (t) => {
  const { out, err, code } = await run(t, 'lst', least);
  t.match({ out, err, code }, { out: '', err: /^usage: npm run clients -- COMMAND/, code: 64 });
});

t.test('wrong settings, or promotion off: 78 and what is wrong', { buffered: true }, async (t) => {
  const wrong = await run(t, 'list', { ...least, OAUTH_ISSUER: 'x' });
  t.match(wrong, { out: '', err: /^The settings .*\n {2}OAUTH_ISSUER is not an http/, code: 78 });
  const off = await run(t, 'list', least);
  t.match(off, { out: '', err: /^Promotion is off: set MGMT_DOMAIN/, code: 78 });
});

t.test(
  'a table for people, JSON for machines, deletions as log lines',
  { buffered: true },
  async (t) => {
    const { management, tenant, promoted } = await keep(t);
    const env = {
      ...least,
      OAUTH_ISSUER: tenant.issuer,
      MGMT_DOMAIN: management.origin,
      MGMT_CLIENT_ID: management.clientId,
      MGMT_CLIENT_SECRET: management.clientSecret,
      LOG_WEBHOOK_SECRET: webhookSecret,
      RETIRE_UNUSED_DAYS: '30',
    };
    const client = await promoted({ gateway_last_used: '2026-01-01' });
    const people = await run(t, 'list', env);
    t.match(people, { err: '', code: 0 });
    t.match(people.out, new RegExp(`^${client.client_id} +ChatGPT +strict +promote +yes`, 'm'));

    const dry = await run(t, 'retire --dry-run --json', env);
    t.match(
      { ...dry, out: JSON.parse(dry.out) },
      { out: [{ outcome: 'would_delete' }], err: '', code: 0 },
    );
    t.ok(tenant.state.clients.has(client.client_id));

    const done = await run(t, 'retire --json', env);
    t.match(JSON.parse(done.out), [{ client_id: client.client_id, outcome: 'deleted' }]);
    t.match(JSON.parse(done.err), {
      message: 'client is deleted',
      client: { client_id: client.client_id, callbacks: client.callbacks },
    });
    t.notOk(tenant.state.clients.has(client.client_id));
  },
);
