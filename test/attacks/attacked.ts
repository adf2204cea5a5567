import type { Test } from 'tap';
import { addressOf, collecting, heapInUse, spawnGateway } from '../gateway-process.ts';
import { audience } from '../issuer.ts';

/** Hostile inputs in one run: `ATTACK_RUNS=20000` is the long form. */
export const runs = Number(process.env['ATTACK_RUNS'] ?? 600);
export const seed = Number(process.env['ATTACK_SEED'] ?? 20_261_121);
/** Inputs at a time. */
export const batch = 10;
/** Batches between two looks at the memory. */
const sampleEvery = Math.ceil(runs / batch / 10);
const metricsToken = 'metrics-token-of-the-tests-0123456789';

/** What a tool takes that is attacked by its input. */
export const inputSchema = {
  type: 'object',
  properties: { day: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' } },
  required: ['day'],
  additionalProperties: false,
};

/** A gateway in a process of its own that sheds and limits nothing, so that all it is told counts. */
export async function startAttacked(
  t: Test,
  { issuer, backend }: Record<'issuer' | 'backend', string>,
  catalog: object,
) {
  const gateway = spawnGateway(
    t,
    {
      OAUTH_ISSUER: issuer,
      OAUTH_AUDIENCE: audience,
      FUNCTIONS_BASE: backend,
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
  return { gateway, url, heap: () => heapInUse(gateway, url, metricsToken) };
}

export const mebibytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;

/** Looks at the memory now and then, and judges what it grew by when all had warmed up. */
export function watchMemory(heap: () => Promise<number>) {
  const samples: number[] = [];
  let batches = 0;
  return {
    /** To be called after each batch. */
    async look(): Promise<void> {
      batches += 1;
      if (batches % sampleEvery === 0) samples.push(await heap());
    },
    isFlat(t: Test): void {
      const half = samples.slice(Math.floor(samples.length / 2));
      const growth = Number(half.at(-1)) - Number(half[0]);
      t.comment(`heap in use: ${samples.map(mebibytes).join(', ')}`);
      t.ok(growth < 2 * 1_048_576, `memory is flat: ${mebibytes(growth)} in the second half`);
    },
  };
}
