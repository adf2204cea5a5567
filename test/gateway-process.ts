import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Env } from './gateway.ts';
import { send } from './send.ts';

/** Only these cross: the settings of who runs the tests are not ours. */
const kept = Object.entries(process.env).filter(([name]) => /^(PATH|TMPDIR|NODE_|TAP)/.test(name));
const inherited = Object.fromEntries(kept.filter(([name]) => name !== 'NODE_ENV'));

export interface GatewayProcess {
  readonly child: ChildProcess;
  /** Every log line so far, parsed. */
  readonly lines: Record<string, unknown>[];
  /** Its first line with this message, also one still to come. */
  line(message: string): Promise<Record<string, unknown>>;
  /** Exit code, and all it said on standard error. */
  readonly ended: Promise<{ code: number | null; stderr: string }>;
}

/** Where a test or program says what is to be done at its end. */
export interface Teardown {
  teardown(act: () => unknown): unknown;
}

/**
 * The gateway as a process of its own, as a deployment runs it.
 * @param nodeOptions for the process alone, such as a bound of its memory.
 */
export function spawnGateway(t: Teardown, env: Env, nodeOptions: string[] = []): GatewayProcess {
  const args = [...nodeOptions, 'src/main.ts'];
  const child = spawn(process.execPath, args, { env: { ...inherited, ...env } });
  t.teardown(() => child.kill('SIGKILL'));
  const lines: Record<string, unknown>[] = [];
  const said = new EventEmitter().setMaxListeners(0);
  let rest = '';
  child.stdout.on('data', (chunk) => {
    const parts = `${rest}${chunk}`.split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part));
    said.emit('line');
  });
  const line = async (message: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const found = lines.find((one) => String(one['message']).startsWith(message));
      if (found) return found;
      await once(said, 'line');
    }
  };
  const stderr = text(child.stderr);
  const ended = once(child, 'close').then(async ([code]) => ({ code, stderr: await stderr }));
  return { child, lines, line, ended };
}

/** Origin at which a gateway process listens, once it does. @throws when it ends before. */
export async function addressOf(gateway: GatewayProcess): Promise<string> {
  const died = gateway.ended.then(({ code, stderr }) => {
    throw new Error(`the gateway ended with ${code}: ${stderr}`);
  });
  const { message } = await Promise.race([gateway.line('Server listening'), died]);
  return /http:\/\/\S+/.exec(String(message))?.[0] ?? '';
}

/** The samples of `GET /metrics` by name with labels, as Prometheus would read them. */
export async function readMetrics(url: string, token: string): Promise<Map<string, number>> {
  const headers = { authorization: `Bearer ${token}` };
  const { status, text: samples } = await send(`${url}/metrics`, { headers });
  if (status !== 200) throw new Error(`/metrics answered ${status}`);
  const found = new Map<string, number>();
  for (const line of samples.split('\n')) {
    const [, name, value] = /^([^#].*) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) found.set(name, Number(value));
  }
  return found;
}

/** Node options that let a test ask for a collection of garbage: what is measured is what is kept. */
export const collecting = [
  '--expose-gc',
  '--import',
  'data:text/javascript,process.on("SIGWINCH", () => gc())',
];

/** Bytes of heap a process started with {@link collecting} keeps in use. */
export async function heapInUse(
  { child }: GatewayProcess,
  url: string,
  token: string,
): Promise<number> {
  child.kill('SIGWINCH');
  // The signal is handled by the time a second request is.
  await readMetrics(url, token);
  return (await readMetrics(url, token)).get('nodejs_heap_size_used_bytes') ?? Number.NaN;
}
