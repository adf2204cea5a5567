import fc from 'fast-check';
import t from 'tap';
import { addressOf, collecting, heapInUse, spawnGateway } from '../gateway-process.ts';
import { audience, startIssuer } from '../issuer.ts';
import { json, startRecorder } from '../recorder.ts';
import { bearer, type Got, send } from '../send.ts';
import { type HostileMessage, hostileMessage } from './hostile-messages.ts';

/** Hostile messages in this run: `ATTACK_RUNS=20000` is the long form. */
const runs = Number(process.env['ATTACK_RUNS'] ?? 600);
const seed = Number(process.env['ATTACK_SEED'] ?? 20_261_121);
const batch = 10;
/** Batches between two looks at the memory. */
const sampleEvery = Math.ceil(runs / batch / 10);
const metricsToken = 'metrics-token-of-the-tests-0123456789';

const inputSchema = {
  type: 'object',
  properties: { day: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' } },
  required: ['day'],
  additionalProperties: false,
};
const catalog = {
  tools: [{ name: 'look', scopes: ['events:read'], inputSchema }],
  resources: [{ uriTemplate: 'days://{day}', name: 'day', path: 'day' }],
  prompts: [{ name: 'ask', path: 'ask', arguments: [{ name: 'day', values: ['monday'] }] }],
};

/** Why an answer is none that a hostile message may get; undefined when it is. */
function wrong({ status, text }: Got): string | undefined {
  if (status === 202) return text === '' ? undefined : 'a body with 202';
  if (![200, 400, 404].includes(status)) return `status ${status}`;
  const { jsonrpc, result, error } = JSON.parse(text);
  if (jsonrpc !== '2.0' || (result === undefined) === (error === undefined)) return 'no JSON-RPC';
  return error && (!Number.isInteger(error.code) || !error.message) ? 'no error' : undefined;
}

const mebibytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;

t.test(
  `${runs} hostile messages of both eras: answered as JSON-RPC, nothing forwarded, memory flat`,
  { timeout: 600_000 },
  async (t) => {
    t.comment(`ATTACK_SEED=${seed} ATTACK_RUNS=${runs}`);
    const issuer = await startIssuer(t);
    const backend = await startRecorder(t, json({ ok: true }));
    const gateway = spawnGateway(
      t,
      {
        OAUTH_ISSUER: issuer.issuer,
        OAUTH_AUDIENCE: audience,
        FUNCTIONS_BASE: backend.url,
        TOOLS_FILE: `${t.testdir({ 'tools.json': JSON.stringify(catalog) })}/tools.json`,
        RATE_LIMIT_PER_MINUTE: '0',
        MAX_EVENT_LOOP_DELAY: '0',
        METRICS_TOKEN: metricsToken,
        HOST: '127.0.0.1',
        PORT: '0',
      },
      collecting,
    );
    const url = await addressOf(gateway);
    const authorization = bearer(await issuer.token());
    const samples: number[] = [];
    const kinds = new Map<string, number>();
    let served = 0;

    const say = async ({ kind, body, headers }: HostileMessage): Promise<void> => {
      const signal = AbortSignal.timeout(10_000);
      const got = await send(`${url}/mcp`, {
        body,
        headers: { ...headers, ...authorization },
        signal,
      });
      const answer = `${kind} ${got.status}`;
      kinds.set(answer, (kinds.get(answer) ?? 0) + 1);
      const problem = wrong(got);
      if (problem) throw new Error(`${problem}: ${got.text}\n${JSON.stringify(headers)}\n${body}`);
    };
    const good = { name: 'look', arguments: { day: '2026-11-01' } };
    const property = fc.asyncProperty(
      fc.array(hostileMessage, { minLength: batch, maxLength: batch }),
      async (messages) => {
        await Promise.all(messages.map(say));
        const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: good };
        const { text } = await send(`${url}/mcp`, { body, headers: authorization });
        served += 1;
        if (!text.includes('"structuredContent":{"ok":true}')) throw new Error(text);
        const [, ...others] = backend.received.splice(0);
        if (others.length > 0) throw new Error(`forwarded: ${JSON.stringify([others, messages])}`);
        if (served % sampleEvery === 0) samples.push(await heapInUse(gateway, url, metricsToken));
      },
    );
    await fc.assert(property, { seed, numRuns: Math.ceil(runs / batch), endOnFailure: true });

    for (const [answer, count] of [...kinds].sort()) t.comment(`${answer}: ${count}`);
    const half = samples.slice(Math.floor(samples.length / 2));
    const growth = Number(half.at(-1)) - Number(half[0]);
    t.comment(`heap in use: ${samples.map(mebibytes).join(', ')}`);
    t.ok(growth < 2 * 1_048_576, `memory is flat: ${mebibytes(growth)} in the second half`);
    const broken = gateway.lines.filter(
      ({ level, code }) => level === 'error' || code === 'internal',
    );
    t.same(broken, []);
    gateway.child.kill('SIGTERM');
    t.same(await gateway.ended, { code: 0, stderr: '' });
  },
);
