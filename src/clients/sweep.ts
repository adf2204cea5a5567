import type { Config } from '../config.ts';
import type { TenantClient } from './client.ts';
import { within } from './deadline.ts';
import { failed } from './promote.ts';
import type { Log } from './record.ts';
import type { Clients } from './work.ts';

/** Something else to see to with the list of all clients. Its failure is logged. */
export type Chore = (all: readonly TenantClient[]) => Promise<void>;

export interface Sweep {
  /** Sweeps now, in the background, and from then on. */
  start(): Promise<void>;
  /** Ends the timer and waits a moment for a sweep that is under way; steps are idempotent. */
  stop(): Promise<void>;
  /** One sweep, or the one under way. Never rejects. */
  run(): Promise<void>;
}

/** Milliseconds `stop` waits for the client in hand. */
const grace = 2000;

/**
 * The reconciliation that needs no event: every SWEEP_INTERVAL seconds (0 = never) it lists the
 * clients of the tenant and works on those that may be promoted and are not complete. First-party
 * clients that bear our mark are among them: one may have been left half-way. Then come the
 * `chores`, one after the other, with the list as it was read; a failed one does not stop the next.
 */
export function createSweep(
  { SWEEP_INTERVAL }: Pick<Config, 'SWEEP_INTERVAL'>,
  clients: Clients | undefined,
  log: Log,
  chores: readonly Chore[] = [],
): Sweep {
  if (!clients || SWEEP_INTERVAL === 0) {
    const nothing = async () => {};
    return { start: nothing, stop: nothing, run: nothing };
  }
  const { list, fromList, lookups: createLookups, metrics } = clients;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;

  async function sweep(): Promise<void> {
    const lookups = createLookups(true);
    let found = 0;
    const all = await list();
    for (const client of all) {
      if (stopped) return;
      const { outcome } = await fromList(client, lookups);
      if (outcome.outcome === 'promoted' || outcome.outcome === 'failed') found += 1;
    }
    metrics.sweep(found);
    for (const chore of chores) {
      if (stopped) return;
      await chore(all).catch((error: unknown) => log.warn(failed(error), 'chore failed'));
    }
  }

  function run(): Promise<void> {
    running ??= sweep()
      .catch((error: unknown) => log.warn(failed(error), 'sweep failed'))
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  async function repeat(): Promise<void> {
    await run();
    if (!stopped) timer = setTimeout(repeat, SWEEP_INTERVAL * 1000).unref();
  }

  return {
    start: async () => void repeat(),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await within(grace, Promise.resolve(running));
    },
    run,
  };
}
