import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { send, toolCall } from './call.ts';
import { SECRET } from './sign.ts';

const MAIN = fileURLToPath(new URL('../../../examples/backend/main.ts', import.meta.url));

/** The process with these settings; its output as text. */
function start(settings: NodeJS.ProcessEnv) {
  const { PORT: _, GATEWAY_HMAC_SECRET: __, ...env } = process.env;
  const child = spawn(process.execPath, [MAIN], { env: { ...env, ...settings } });
  return { child, exit: once(child, 'exit') };
}

/** What it says first. */
async function line(child: ChildProcess): Promise<string> {
  const [data] = child.stdout ? await once(child.stdout, 'data') : [];
  return String(data);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  t.test(`the backend as a process serves until ${signal}`, async (t) => {
    const { child, exit } = start({ PORT: '0', GATEWAY_HMAC_SECRET: `other, ${SECRET}` });
    t.teardown(() => child.kill('SIGKILL'));
    const [, url = ''] = /FUNCTIONS_BASE=(\S+)/.exec(await line(child)) ?? [];
    t.match(await send(toolCall(url, 'searchVenues', { query: 'jazz' })), { status: 200 });
    child.kill(signal);
    t.same(await exit, [0, null]);
  });

t.test('without a secret it does not start', async (t) => {
  const { exit } = start({ PORT: '0' });
  t.match(await exit, [1, null]);
});
