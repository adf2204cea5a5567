import { Refusal } from '../errors.ts';
import { ExchangeError } from './answer.ts';
import { type Limits, watch } from './watch.ts';

/** The calls of one tool that are at its backend, and those that wait for a place. */
export interface Room {
  /**
   * Takes a place.
   * @returns undefined when it has one already, else a promise of one.
   * @throws {Refusal} `overloaded` when too many wait; {@link ExchangeError} when the limits end,
   * or the client is gone already.
   */
  enter(limits: Limits): Promise<void> | undefined;
  /** Gives the place to who has waited longest. */
  leave(): void;
  /** Calls that have a place. */
  busy(): number;
  waiting(): number;
}

/** @param places calls at once. @param seats calls that may wait, first come first served. */
export function createRoom(places: number, seats: number): Room {
  const queue = new Set<() => void>();
  let busy = 0;

  const wait = (limits: Limits): Promise<void> =>
    new Promise((resolve, reject) => {
      const admit = (): void => {
        stop();
        queue.delete(admit);
        resolve();
      };
      const stop = watch(limits, (over) => {
        queue.delete(admit);
        reject(new ExchangeError(over, false));
      });
      queue.add(admit);
    });

  return {
    enter(limits) {
      // Nobody would tell it to leave the queue.
      if (limits.signal.aborted) throw new ExchangeError('aborted', false);
      if (busy < places) {
        busy += 1;
        return undefined;
      }
      if (queue.size >= seats) throw new Refusal('overloaded', { retryAfter: 1 });
      return wait(limits);
    },
    leave() {
      const [next] = queue;
      if (next) next();
      else busy -= 1;
    },
    busy: () => busy,
    waiting: () => queue.size,
  };
}
