import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import {
  addressOf,
  collecting,
  type GatewayProcess,
  heapInUse,
  readMetrics,
  spawnGateway,
} from '../gateway-process.ts';
import { audience } from '../issuer.ts';
import { type Mood, type SoakBackend, startBackend } from './backend.ts';
import { judge } from './judge.ts';
import { kinds } from './kinds.ts';
import { addWrong, createTally, type Memory, type Report, type Tally } from './tally.ts';
import { type SoakTenant, startTenant } from './tenant.ts';
import type { Kind, World } from './traffic.ts';

export interface SoakOptions {
  readonly seconds: number;
  /** Calls a second. */
  readonly rate: number;
}

const metricsToken = 'metrics-token-of-the-soak-0123456789';
/** Calls that may wait for their answer at once; more are not begun. */
const mostAtOnce = 400;

const inputSchema = {
  type: 'object',
  properties: { nonce: { type: 'string' } },
  required: ['nonce'],
};
const tool = (name: string, timeoutMs: number, readOnlyHint = false) => ({
  name,
  scopes: ['events:read'],
  inputSchema,
  timeoutMs,
  annotations: { readOnlyHint },
});
const tools = [
  tool('read', 5000, true),
  tool('write', 5000),
  tool('unhurried', 5000),
  tool('late', 100),
];

/** A kind, as often as its weight says. */
function draw(): Kind {
  let ticket = randomInt(kinds.reduce((sum, { weight }) => sum + weight, 0));
  for (const kind of kinds) {
    ticket -= kind.weight;
    if (ticket < 0) return kind;
  }
  throw new Error('no kind of traffic has a weight');
}

/** Parts of the time after each of which memory is measured. */
const parts = 10;

const moods: readonly Mood[] = ['resets', 'hangs', 'half', 'errors'];

/** Bad moments of the backend and the tenant, one after the other, until the end. */
async function weather(
  tenant: SoakTenant,
  backend: SoakBackend,
  cycleMs: number,
  ended: AbortSignal,
) {
  const seen = { badMoments: 0, outages: 0 };
  const pass = (share: number) => after(cycleMs * share, undefined, { signal: ended });
  const turn = async (): Promise<void> => {
    await pass(0.3);
    await tenant.rotate();
    await pass(0.3);
    backend.mood(moods[seen.badMoments % moods.length] ?? 'resets');
    seen.badMoments += 1;
    tenant.down = seen.badMoments % 3 === 0;
    if (tenant.down) seen.outages += 1;
    await pass(0.1);
    backend.mood('well');
    await pass(0.1);
    tenant.down = false;
    await pass(0.2);
  };
  while (!ended.aborted) await turn().catch(() => {});
  backend.mood('well');
  tenant.down = false;
  return seen;
}

async function measure(gateway: GatewayProcess, url: string): Promise<Memory> {
  const heap = await heapInUse(gateway, url, metricsToken);
  const metrics = await readMetrics(url, metricsToken);
  return { heap, rss: metrics.get('process_resident_memory_bytes') ?? Number.NaN };
}

/** Calls at the rate until the time is over; resolves when the last one is answered. */
async function traffic(world: World, backend: SoakBackend, tally: Tally, options: SoakOptions) {
  const underWay = new Set<Promise<void>>();
  const end = performance.now() + options.seconds * 1000;
  while (performance.now() < end) {
    await after(1000 / options.rate);
    if (underWay.size >= mostAtOnce) continue;
    const one = judge(draw(), world, backend, tally).finally(() => underWay.delete(one));
    underWay.add(one);
  }
  await Promise.all(underWay);
}

/** Runs the traffic and reports. */
export async function soak(options: SoakOptions): Promise<Report> {
  const ends: (() => unknown)[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'soak-'));
  const catalog = join(directory, 'tools.json');
  writeFileSync(catalog, JSON.stringify({ tools }));
  const tenant = await startTenant();
  const backend = await startBackend();
  const env = {
    OAUTH_ISSUER: tenant.issuer,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: backend.url,
    GATEWAY_HMAC_SECRET: 'hmac-secret-of-the-soak-0123456789',
    TOOLS_FILE: catalog,
    // The machine is also that of the tenant, the backend and everybody who calls.
    MAX_EVENT_LOOP_DELAY: '2000',
    // The greedy caller alone goes beyond.
    RATE_LIMIT_PER_MINUTE: String(Math.ceil(options.rate * 1.5)),
    BODY_LIMIT: '65536',
    BREAKER_SECONDS: '1',
    METRICS_TOKEN: metricsToken,
    HOST: '127.0.0.1',
    PORT: '0',
  };
  const gateway = spawnGateway({ teardown: (act) => ends.push(act) }, env, collecting);
  try {
    const url = await addressOf(gateway);
    const tally = createTally();
    const world = { url, tenant };
    const { seconds, rate } = options;
    const ended = new AbortController();
    const weathered = weather(tenant, backend, Math.max(5, seconds / 20) * 1000, ended.signal);
    const memory: Memory[] = [];
    for (let part = 0; part < parts; part += 1) {
      await traffic(world, backend, tally, { seconds: seconds / parts, rate });
      memory.push(await measure(gateway, url));
    }
    ended.abort();
    const { badMoments, outages } = await weathered;
    for (const what of backend.wrong) addWrong(tally, `at the backend: ${what}`);
    for (const { code } of gateway.lines)
      if (code === 'internal') addWrong(tally, 'a defect in the log');
    gateway.child.kill('SIGTERM');
    const { code, stderr } = await gateway.ended;
    if (code !== 0) addWrong(tally, `the gateway ended with ${code}: ${stderr}`);
    return { seconds, tally, memory, rotations: tenant.rotations, badMoments, outages };
  } finally {
    for (const act of ends) act();
    tenant.close();
    backend.close();
    rmSync(directory, { recursive: true });
  }
}
