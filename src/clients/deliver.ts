import { parseDelivery } from './parse.ts';
import type { Outcome } from './promote.ts';
import { type NewClient, recognise } from './recognise.ts';
import type { Clients } from './work.ts';

/** What became of a delivery; the answer to it. */
export interface Tally extends Record<Outcome['outcome'], number> {
  /** Readable records. */
  received: number;
  /** Clients registered, by these records. */
  recognised: number;
  /** Clients not at their end: it may yet be reached. */
  pending: number;
  /** Parts of the body that are no record. */
  broken: number;
}

/** Milliseconds of reading after which calls get their turn. */
const longestTurn = 10;

/** Reads the body in turns; counts into the tally and returns the clients it tells of. */
async function read(body: string, tally: Tally): Promise<readonly NewClient[]> {
  const found = new Map<string, NewClient>();
  let since = performance.now();
  for (const record of parseDelivery(body)) {
    tally[record ? 'received' : 'broken'] += 1;
    const event = record && recognise(record);
    if (event) found.set(event.clientId, event);
    if (performance.now() - since < longestTurn) continue;
    await new Promise(setImmediate);
    since = performance.now();
  }
  return [...found.values()];
}

/**
 * Works through the body of one delivery. The tally is filled as clients reach their end; `done`
 * resolves, and never rejects, when every one was tried. A client that an earlier delivery told of
 * is still worked on or at its end already: each redelivery gets further.
 */
export function deliver(clients: Clients, body: string): { tally: Tally; done: Promise<void> } {
  const tally: Tally = {
    received: 0,
    recognised: 0,
    promoted: 0,
    already: 0,
    observed: 0,
    ignored: 0,
    refused: 0,
    failed: 0,
    pending: 0,
    broken: 0,
  };
  const lookups = clients.lookups(false);

  async function work(event: NewClient): Promise<void> {
    const { outcome } = await clients.fromEvent(event, lookups);
    if (outcome.retry) return;
    tally[outcome.outcome] += 1;
    tally.pending -= 1;
  }

  async function all(): Promise<void> {
    const found = await read(body, tally);
    clients.metrics.delivery(tally.received, tally.broken);
    tally.recognised = tally.pending = found.length;
    await Promise.all(found.map(work));
  }

  return { tally, done: all() };
}
