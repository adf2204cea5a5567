import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { startHost } from '../../examples/widgets/host/serve.ts';
import { setWidgetStage } from '../../examples/widgets/stage.ts';
import { json, startRecorder } from '../recorder.ts';
import { parsed, send } from '../send.ts';

const list = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'listEvents' } };
const headers = { accept: 'application/json, text/event-stream' };

/** The process with these arguments, and where its page is. */
async function start(
  t: Test,
  args: readonly string[],
  token = '',
): Promise<[ChildProcess, string]> {
  const child = spawn(process.execPath, ['examples/widgets/main.ts', '--port', '0', ...args], {
    env: { ...process.env, ACCESS_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /^widgets: open (\S+)$/.exec(line) ?? [];
    if (url) return [child, url];
  }
  throw new Error('It ended without a page.');
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown[]> {
  const exit = once(child, 'exit');
  child.kill(signal);
  return exit;
}

t.test('beside a gateway that runs elsewhere, with the token of the environment', async (t) => {
  const gateway = await startRecorder(t, json({ jsonrpc: '2.0', id: 1, result: {} }));
  const [child, url] = await start(t, [`${gateway.url}/mcp`], 'the-token');
  await send(`${url}/mcp`, { body: list, headers });
  t.match(gateway.received, [{ headers: { authorization: 'Bearer the-token' } }]);
  t.same(await stop(child, 'SIGTERM'), [0, null]);
});

t.test('with a gateway of its own somebody is signed in', async (t) => {
  const [child, url] = await start(t, []);
  const answer = parsed(await send(`${url}/mcp`, { body: list, headers }));
  t.match(answer, { result: { structuredContent: { events: [{ id: String }] } } });
  t.same(await stop(child, 'SIGINT'), [0, null]);
});

t.test('when the port is taken nothing is left running', async (t) => {
  const first = await startHost({ mcp: 'http://127.0.0.1:1/mcp', token: undefined });
  t.teardown(() => first.close());
  await t.rejects(setWidgetStage(Number(new URL(first.url).port)), { code: 'EADDRINUSE' });
});
