import { Pool } from 'undici';
import { addressOf, readMetrics, spawnGateway, type Teardown } from '../gateway-process.ts';
import { startIssuer } from '../issuer.ts';
import { json, startRecorder } from '../recorder.ts';

/** One way to call the same tool. */
interface Way {
  readonly name: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Measured {
  readonly name: string;
  /** CPU of the gateway process a call, microseconds, one figure a round. */
  readonly micros: readonly number[];
}

const audience = 'https://gateway.example.com/mcp';
const secret = 'secret-of-the-measurement-0123456789';
const tool = 'listEvents';
const input = { from: '2027-01-11T00:00:00Z' };
const events = [1, 2, 3].map((id) => ({
  id: `e${id}`,
  title: 'Dentist',
  start: '2027-01-11T09:00:00Z',
}));

/** As the official client sends it (MCP 2025-11-25 and 2026-07-28). */
const accept = 'application/json, text/event-stream';

const message = (params: object): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });

const call = { name: tool, arguments: input };

const ways: readonly Way[] = [
  { name: 'REST', path: `/tools/${tool}`, headers: {}, body: JSON.stringify(input) },
  {
    name: 'MCP 2025-11-25',
    path: '/mcp',
    headers: { accept, 'mcp-protocol-version': '2025-11-25' },
    body: message(call),
  },
  {
    name: 'MCP 2026-07-28',
    path: '/mcp',
    headers: {
      accept,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': tool,
    },
    body: message({
      ...call,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'measurement', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    }),
  },
];

/** Connections of the client; each has one call under way. */
const connections = 16;

/** Sends so many calls and waits for every answer. @throws when one is not 200. */
async function load(pool: Pool, { path, headers, body }: Way, token: string, calls: number) {
  let left = calls;
  const send = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const all = { ...headers, 'content-type': 'application/json', authorization: token };
      const { statusCode, body: answer } = await pool.request({
        path,
        method: 'POST',
        headers: all,
        body,
      });
      const text = await answer.text();
      if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, send));
}

/**
 * Measures what a call costs the gateway process through each door: the same tool, the same
 * answer, in turns that begin with another one each round: a busy machine is busy for all of them.
 * @param calls in each turn. @param rounds turns of each way, after one that warms up.
 */
export async function measureDoors(
  t: Teardown,
  calls: number,
  rounds: number,
): Promise<Measured[]> {
  const issuer = await startIssuer(t);
  const backend = await startRecorder(t, json({ events }));
  const gateway = spawnGateway(t, {
    OAUTH_ISSUER: issuer.issuer,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: backend.url,
    GATEWAY_HMAC_SECRET: secret,
    METRICS_TOKEN: secret,
    TOOLS_FILE: 'examples/tools.json',
    PUBLIC_URL: new URL(audience).origin,
    RATE_LIMIT_PER_MINUTE: '0',
    MAX_EVENT_LOOP_DELAY: '0',
    HOST: '127.0.0.1',
    PORT: '0',
  });
  const url = await addressOf(gateway);
  const pool = new Pool(url, { connections });
  t.teardown(() => pool.close());
  const token = `Bearer ${await issuer.token({ aud: audience })}`;
  const cpu = async (): Promise<number> => {
    const metrics = await readMetrics(url, secret);
    return metrics.get('process_cpu_seconds_total') ?? Number.NaN;
  };
  const micros = new Map<Way, number[]>(ways.map((way) => [way, []]));
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % ways.length;
    for (const way of [...ways.slice(first), ...ways.slice(0, first)]) {
      const before = await cpu();
      await load(pool, way, token, calls);
      const spent = ((await cpu()) - before) * 1e6;
      if (round > 0) micros.get(way)?.push(spent / calls);
      backend.received.length = 0;
      gateway.lines.length = 0;
    }
  }
  return ways.map((way) => ({ name: way.name, micros: micros.get(way) ?? [] }));
}
