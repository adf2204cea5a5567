import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readArguments } from '../../../examples/tenant/arguments.ts';
import { send } from './open-tenant.ts';

const program = fileURLToPath(new URL('../../../examples/tenant/main.ts', import.meta.url));

t.test('what a command line asks for', async (t) => {
  t.match(readArguments([], {}), {
    options: {
      port: 9999,
      mode: 'strict',
      audience: 'http://127.0.0.1:8080/mcp',
      scopes: ['events:read', 'events:write'],
      management: { clientId: /./, clientSecret: /.{32}/ },
      logStream: { authorization: /^Bearer .{32}$/ },
    },
    webhook: { url: 'http://127.0.0.1:8080/auth0-log-webhook' },
  });
  const env = {
    TENANT_PORT: '1',
    TENANT_MODE: 'permissive',
    OAUTH_AUDIENCE: 'a',
    TENANT_SCOPES: 'x',
    TENANT_WEBHOOK: 'http://127.0.0.1:1/',
    LOG_WEBHOOK_SECRET: 's',
    MGMT_CLIENT_ID: 'i',
    MGMT_CLIENT_SECRET: 'j',
  };
  const fromEnv = {
    port: 1,
    mode: 'permissive',
    audience: 'a',
    scopes: ['x'],
    management: { clientId: 'i', clientSecret: 'j' },
    logStream: { url: 'http://127.0.0.1:1/', authorization: 'Bearer s' },
  };
  t.same(readArguments([], env), {
    options: fromEnv,
    webhook: { url: 'http://127.0.0.1:1/', secret: 's' },
  });
  const flags = ['--port=2', '--mode=strict', '--audience=b', '--scopes=y,z'];
  const hook = ['--webhook', 'http://127.0.0.1:2/', '--webhook-secret', 't'];
  t.match(readArguments([...flags, ...hook], env), {
    options: { port: 2, mode: 'strict', audience: 'b', scopes: ['y', 'z'] },
    webhook: { url: 'http://127.0.0.1:2/', secret: 't' },
  });
});

t.test('the program', async (t) => {
  const child = spawn(process.execPath, [program, '--port', '0'], { env: process.env });
  t.teardown(() => child.kill('SIGKILL'));
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (printed.includes('LOG_WEBHOOK_SECRET=')) break;
  }
  t.match(printed, 'pretend');
  t.match(printed, 'alice@example.com, password "correct horse"');
  const origin = String(/MGMT_DOMAIN=(\S+)/.exec(printed)?.[1]);
  t.match(printed, `OAUTH_ISSUER=${origin}/`);
  const token = await send('POST', `${origin}/oauth/token`, {
    grant_type: 'client_credentials',
    audience: `${origin}/api/v2/`,
    client_id: /MGMT_CLIENT_ID=(\S+)/.exec(printed)?.[1],
    client_secret: /MGMT_CLIENT_SECRET=(\S+)/.exec(printed)?.[1],
  });
  t.equal(token.status, 200);
  child.kill('SIGTERM');
  t.same(await once(child, 'exit'), [0, null]);
});

t.test('a command line it does not understand', async (t) => {
  for (const args of [['--surprise'], ['--port', 'x']]) {
    const child = spawn(process.execPath, [program, ...args], { env: process.env });
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    t.equal(code, 64);
    t.match(said, /surprise|must be a number/);
    t.match(said, 'usage: npm run tenant');
  }
});
