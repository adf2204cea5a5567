import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { addressOf, readMetrics, spawnGateway, type Teardown } from '../gateway-process.ts';
import { startIssuer } from '../issuer.ts';
import { json, startRecorder } from '../recorder.ts';
import { answered, type Way, ways } from './calls.ts';

export interface Measured {
  readonly name: string;
  /** CPU of the serving process a call, microseconds, one figure a round. */
  readonly micros: readonly number[];
}

/** A process that is called, and what it tells of its CPU. */
interface Server {
  readonly pool: Pool;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds since it began. */
  cpu(): Promise<number>;
}

const audience = 'https://gateway.example.com/mcp';
const secret = 'secret-of-the-measurement-0123456789';

/** Connections of a client; each has one call under way. */
const connections = 16;

function connect(t: Teardown, origin: string): Pool {
  const pool = new Pool(origin, { connections });
  t.teardown(() => pool.destroy());
  return pool;
}

/** The sample catalog, or the same without output schemas. */
function catalog(t: Teardown, judged: boolean): string {
  const sample = 'examples/tools.json';
  if (judged) return sample;
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const { tools } = JSON.parse(readFileSync(sample, 'utf8')) as { tools: object[] };
  const file = join(folder, 'tools.json');
  const bare = tools.map((tool) => ({ ...tool, outputSchema: undefined }));
  writeFileSync(file, JSON.stringify({ tools: bare }));
  return file;
}

/** The gateway process with issuer and backend, as a deployment runs it. */
async function startGateway(t: Teardown, judged: boolean): Promise<Server> {
  const issuer = await startIssuer(t);
  const backend = await startRecorder(t, (response, received) => {
    backend.received.length = 0;
    json(answered)(response, received);
  });
  const gateway = spawnGateway(t, {
    OAUTH_ISSUER: issuer.issuer,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: backend.url,
    GATEWAY_HMAC_SECRET: secret,
    METRICS_TOKEN: secret,
    TOOLS_FILE: catalog(t, judged),
    PUBLIC_URL: new URL(audience).origin,
    RATE_LIMIT_PER_MINUTE: '0',
    MAX_EVENT_LOOP_DELAY: '0',
    HOST: '127.0.0.1',
    PORT: '0',
  });
  const url = await addressOf(gateway);
  return {
    pool: connect(t, url),
    headers: { authorization: `Bearer ${await issuer.token({ aud: audience })}` },
    async cpu() {
      gateway.lines.length = 0;
      return (await readMetrics(url, secret)).get('process_cpu_seconds_total') ?? Number.NaN;
    },
  };
}

async function startSdk(t: Teardown): Promise<Server> {
  const child = spawn(process.execPath, ['test/bench/sdk-server.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill());
  const [line] = await once(child.stdout, 'data');
  const url = String(line).trim();
  const cpu = async (): Promise<number> => Number(await (await fetch(`${url}/cpu`)).json());
  return { pool: connect(t, url), headers: {}, cpu };
}

/** Sends so many calls and waits for every answer. @throws when one is no result. */
async function load({ pool, headers: own }: Server, way: Way, calls: number): Promise<void> {
  const { path, headers, body } = way;
  const all = { ...headers, ...own, 'content-type': 'application/json' };
  let left = calls;
  const send = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const got = await pool.request({ path, method: 'POST', headers: all, body });
      const text = await got.body.text();
      if (got.statusCode !== 200 || !text.includes('Dentist')) {
        throw new Error(`${way.name} answered ${got.statusCode}: ${text}`);
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, send));
}

/**
 * Measures what a call costs the process that serves it: the same tool, the same answer, in turns
 * that begin with another way each round, so that a busy machine is busy for all of them.
 * @param calls in each turn. @param rounds turns of each way, after one that warms up.
 * @param judged whether answers over MCP are judged by their output schema.
 */
export async function measureDoors(
  t: Teardown,
  calls: number,
  rounds: number,
  judged: boolean,
): Promise<Measured[]> {
  const servers = { gateway: await startGateway(t, judged), sdk: await startSdk(t) };
  const micros = new Map<Way, number[]>(ways.map((way) => [way, []]));
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % ways.length;
    for (const way of [...ways.slice(first), ...ways.slice(0, first)]) {
      const server = servers[way.server];
      const before = await server.cpu();
      await load(server, way, calls);
      const spent = ((await server.cpu()) - before) * 1e6;
      if (round > 0) micros.get(way)?.push(spent / calls);
    }
  }
  return ways.map((way) => ({ name: way.name, micros: micros.get(way) ?? [] }));
}
