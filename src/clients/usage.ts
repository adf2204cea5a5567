import { isMarked, type TenantClient } from './client.ts';
import type { ManagementApi } from './management.ts';
import { failed } from './promote.ts';
import type { Log } from './record.ts';

/** Where the day of the last use stands in `client_metadata`. */
export const usedKey = 'gateway_last_used';

const dayMs = 86_400_000;

/** `2026-11-01`, UTC. @param now unix milliseconds */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);

/** Unix milliseconds of the last use, or else of the promotion; NaN when neither can be read. */
export function lastSeen({ client_metadata: metadata = {} }: TenantClient): number {
  return Date.parse(String(metadata[usedKey] ?? metadata['gateway_promoted_at']));
}

/** Which clients are in use: what the tokens tell, written down on the clients we promoted. */
export interface Usage {
  /** A token of this client was believed. A look into a set: never waits, never throws. */
  onCaller(clientId: string): void;
  /** True when the client was used today, written down or not. */
  usedToday(client: TenantClient): boolean;
  /** Resolves when what was told is written down, or could not be. */
  settled(): Promise<void>;
  /** Writes nothing any more. */
  stop(): void;
}

/** More clients in a day are not remembered: a use that is not written down does no harm. */
const mostRemembered = 10_000;

/** Milliseconds before a use is written down: what starts a call must not compete with it. */
const patience = 1000;

/**
 * At most one write for a client and day, one after the other, under the tenant's rate limit like
 * everything else. What fails is not tried again that day.
 * @param now unix milliseconds
 */
export function createUsage(
  api: Pick<ManagementApi, 'getClient' | 'findByDocument' | 'note'>,
  log: Pick<Log, 'debug'>,
  now: () => number,
  delay = patience,
): Usage {
  let today = 0;
  let seen = new Set<string>();
  const waiting: string[] = [];
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  function startDay(): void {
    const day = Math.floor(now() / dayMs);
    if (day === today) return;
    today = day;
    seen = new Set();
  }

  async function write(id: string): Promise<void> {
    // The client id of an imported client's tokens is the URL of its document.
    const clientId = id.startsWith('https://') ? await api.findByDocument(id) : id;
    if (clientId === undefined) return;
    const client = await api.getClient(clientId);
    const day = dayOf(now());
    if (!isMarked(client) || client.client_metadata?.[usedKey] === day) return;
    await api.note(clientId, { [usedKey]: day });
  }

  async function writeAll(): Promise<void> {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const client_id = id;
      await write(id).catch((error: unknown) =>
        log.debug({ client_id, ...failed(error) }, 'a use was not written down'),
      );
    }
  }

  function due(): void {
    timer = undefined;
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
  }

  return {
    onCaller(clientId) {
      startDay();
      if (clientId === '' || seen.has(clientId) || seen.size === mostRemembered) return;
      seen.add(clientId);
      waiting.push(clientId);
      timer ??= setTimeout(due, delay).unref();
    },
    usedToday({ client_id: id, external_client_id: url, client_metadata: metadata }) {
      startDay();
      return seen.has(id) || seen.has(String(url)) || metadata?.[usedKey] === dayOf(now());
    },
    async settled() {
      clearTimeout(timer);
      due();
      await writing;
    },
    stop() {
      clearTimeout(timer);
      waiting.length = 0;
    },
  };
}
