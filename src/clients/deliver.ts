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

/**
 * Works through the body of one delivery. The tally is filled as clients reach their end; `done`
 * resolves, and never rejects, when every one was tried. A client that an earlier delivery told of
 * is still worked on or at its end already: each redelivery gets further.
 */
export function deliver(clients: Clients, body: string): { tally: Tally; done: Promise<void> } {
  const { records, broken } = parseDelivery(body);
  clients.metrics.delivery(records.length, broken);
  const found = new Map<string, NewClient>();
  for (const event of records.map(recognise)) if (event) found.set(event.clientId, event);
  const tally: Tally = {
    received: records.length,
    recognised: found.size,
    promoted: 0,
    already: 0,
    observed: 0,
    ignored: 0,
    refused: 0,
    failed: 0,
    pending: found.size,
    broken,
  };
  const lookups = clients.lookups(false);
  async function work(event: NewClient): Promise<void> {
    const { outcome } = await clients.fromEvent(event, lookups);
    if (outcome.retry) return;
    tally[outcome.outcome] += 1;
    tally.pending -= 1;
  }
  const done = Promise.all([...found.values()].map(work)).then(() => undefined);
  return { tally, done };
}
