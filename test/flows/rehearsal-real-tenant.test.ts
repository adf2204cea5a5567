import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { startBackend } from '../../examples/backend/app.ts';
import { rehearse } from '../../examples/rehearsal/rehearse.ts';
import { logIn } from '../../examples/tenant/oauth/login.ts';
import { createOAuth } from '../../examples/tenant/oauth/mount.ts';
import { seed } from '../../examples/tenant/seed.ts';
import { emptyState } from '../../examples/tenant/state.ts';
import { freePort } from '../examples/rehearsal/serve.ts';
import { bind, startGateway } from '../gateway.ts';
import { secrets } from '../world.ts';

/** A tenant that does not say it is a pretend one, prepared by its operator; in front of it a gateway without promotion. */
async function startReal(t: Test): Promise<string> {
  const bound = await bind(t);
  const audience = `${bound.url}/mcp`;
  const scopes = ['events:read', 'events:write'];
  const tenant = await bind(t);
  const state = emptyState('strict');
  const management = { clientId: 'none', clientSecret: 'none' };
  seed(state, tenant.url, { audience, scopes, management });
  for (const connection of state.connections.values()) connection.is_domain_connection = true;
  const grant = { audience, scope: scopes, subject_type: 'user' } as const;
  state.clientGrants.set('all', { id: 'all', default_for: 'third_party_clients', ...grant });
  const { handle } = await createOAuth(state, `${tenant.url}/`);
  tenant.server.on('request', handle);
  const backend = await startBackend({ secrets: [secrets.hmac] });
  t.teardown(() => backend.close());
  const env = {
    OAUTH_ISSUER: tenant.url,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: backend.url,
    GATEWAY_HMAC_SECRET: secrets.hmac,
  };
  await startGateway(t, env, { bound });
  return audience;
}

const alice = { username: 'alice@example.com', password: 'correct horse' };
const link = /http:\S+\/authorize\?\S+/;

t.test('a person logs in with a browser, and nothing is written without being named', async (t) => {
  const url = await startReal(t);
  const redirect = `http://localhost:${await freePort()}/oauth/callback`;
  const shown: string[] = [];
  const say = (words: string) => {
    const [request = ''] = link.exec(words) ?? [];
    shown.push(request);
    logIn(request, alice).then((back) => fetch(back));
  };
  const terminal = { say, ask: async () => '' };
  const { ok, steps } = await rehearse(url, { redirect, terminal });
  t.equal(ok, true);
  t.equal(shown.length, 2, 'a login and a step-up');
  const [write] = steps.filter(({ id }) => id === 'write');
  t.match(write, { outcome: 'skipped', detail: /--write addEvent:JSON/ });
});

t.test('with the redirect URI of ChatGPT the address is pasted into the terminal', async (t) => {
  const url = await startReal(t);
  const input = '{"title":"Rehearsal","start":"2030-01-01T10:00:00Z"}';
  const argv = [url, '--redirect', 'chatgpt', '--write', `addEvent:${input}`, '--json'];
  const child = spawn(process.execPath, ['examples/rehearsal/main.ts', ...argv]);
  createInterface(child.stderr).on('line', async (line) => {
    const [request] = link.exec(line) ?? [];
    if (request !== undefined) child.stdin.write(`${await logIn(request, alice)}\n`);
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const out = await text(child.stdout);
  t.equal(await ended, 0, out);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.match(
    lines.find(({ id }) => id === 'write'),
    { outcome: 'passed', detail: /2030-01-01/ },
  );
  t.match(lines.at(-1), { ok: true });
});
