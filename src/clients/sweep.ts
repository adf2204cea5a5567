import type { Config } from '../config.ts';
import type { TenantClient } from './client.ts';
import { within } from './deadline.ts';
import { failed, type Outcome } from './promote.ts';
import type { Log, Result } from './record.ts';
import type { Clients } from './work.ts';

/** Something else to see to with the list of all clients. Its failure is logged. */
export type Chore = (all: readonly TenantClient[]) => Promise<void>;

export interface Sweep {
  /** Sweeps now, in the background, and from then on; with SWEEP_INTERVAL=0 never. */
  start(): Promise<void>;
  /** Ends the timer and waits a moment for a sweep that is under way; steps are idempotent. */
  stop(): Promise<void>;
  /** One sweep, or the one under way. Never rejects: its failure is logged. */
  run(): Promise<void>;
  /** The same; rejects with a Failure when the tenant's clients cannot be listed. */
  once(): Promise<readonly Result[]>;
}

/** Milliseconds `stop` waits for the client in hand. */
const grace = 2000;

const isWork = ({ outcome }: Outcome): boolean => outcome === 'promoted' || outcome === 'failed';

/**
 * The reconciliation that needs no event: every SWEEP_INTERVAL seconds (0 = never) it lists the
 * clients of the tenant and works on those that may be promoted and are not complete. First-party
 * clients that bear our mark are among them: one may have been left half-way. Then come the
 * `chores`, one after the other, with the list as it was read; a failed one does not stop the next.
 */
export function createSweep(
  { SWEEP_INTERVAL }: Pick<Config, 'SWEEP_INTERVAL'>,
  clients: Clients,
  log: Log,
  chores: readonly Chore[] = [],
): Sweep {
  const { list, fromList, lookups: createLookups, metrics } = clients;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<readonly Result[]> | undefined;
  let stopped = false;

  async function sweep(): Promise<readonly Result[]> {
    const lookups = createLookups(true);
    const results: Result[] = [];
    const all = await list();
    for (const client of all) {
      if (stopped) return results;
      results.push(await fromList(client, lookups));
    }
    metrics.sweep(results.filter(({ outcome }) => isWork(outcome)).length);
    for (const chore of chores) {
      if (stopped) return results;
      await chore(all).catch((error: unknown) => log.warn(failed(error), 'chore failed'));
    }
    return results;
  }

  function once(): Promise<readonly Result[]> {
    running ??= sweep().finally(() => {
      running = undefined;
    });
    return running;
  }

  const run = () =>
    once().then(
      () => {},
      (error: unknown) => log.warn(failed(error), 'sweep failed'),
    );

  async function repeat(): Promise<void> {
    await run();
    if (!stopped) timer = setTimeout(repeat, SWEEP_INTERVAL * 1000).unref();
  }

  return {
    async start() {
      if (SWEEP_INTERVAL > 0) void repeat();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await within(grace, Promise.allSettled([running]));
    },
    run,
    once,
  };
}
