import type { CryptoKey } from 'jose';
import { invalidToken, Refusal } from '../errors.ts';
import { createBucket } from './bucket.ts';
import { fetchJwks, type Jwks } from './jwks.ts';

export interface KeySet {
  /**
   * The public key with this `kid`.
   * @throws {Refusal} `invalid_token` (unknown_key), or `keys_unavailable` during an outage.
   */
  find(kid: string | undefined): Promise<CryptoKey>;
  /** True while there are keys that are believed. */
  ready(): boolean;
  /** Seconds since the keys were last read from the tenant; undefined = never. */
  ageSeconds(): number | undefined;
  /** True while the tenant does not give its keys: what is believed is a copy. */
  stale(): boolean;
  /** Seconds since the epoch until which the keys at hand are believed; 0 = there are none. */
  believedUntil(): number;
  /** Reads the keys now and again and again; errors are reported, not thrown. */
  start(): void;
  stop(): void;
}

export interface KeySetOptions {
  /** The tenant's JWKS document (RFC 7517). */
  readonly url: string;
  readonly maxStaleSeconds: number;
  readonly onError: (error: unknown) => void;
  /** Called when the published keys differ from those before. */
  readonly onChange: () => void;
  /** Called when they could be read again after an error. */
  readonly onHealed?: () => void;
  /** Milliseconds; the clock. */
  readonly now?: () => number;
  /** Milliseconds a fetch may take. */
  readonly timeoutMs?: number;
  /** Milliseconds between two reads; at most ten minutes and half of `maxStaleSeconds`. */
  readonly refreshMs?: number;
}

/** Auth0's advice is to cache keys for 5 to 10 minutes. */
const longestRefreshMs = 600_000;
/** Until the next try after a failure: without keys every second counts, with keys it does not. */
const restMs = { without: 1_000, with: 10_000 };

/**
 * The tenant's signing keys: read once, refreshed in the background before they go stale, believed
 * for `maxStaleSeconds` without the tenant. One fetch at a time is shared by all who wait.
 */
export function createKeySet(options: KeySetOptions): KeySet {
  const { url, maxStaleSeconds, onError, onChange, onHealed, now = Date.now } = options;
  const { timeoutMs = 5_000 } = options;
  const refreshMs = options.refreshMs ?? Math.min(longestRefreshMs, maxStaleSeconds * 500);
  const mayFetch = createBucket(now);
  let keys: Jwks['keys'] = new Map();
  let digest = '';
  let fetchedAt: number | undefined;
  let failedAt: number | undefined;
  let pending: Promise<boolean> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const fetchOnce = async (): Promise<boolean> => {
    try {
      const found = await fetchJwks(url, timeoutMs);
      if (digest !== '' && found.digest !== digest) onChange();
      ({ keys, digest } = found);
      fetchedAt = now();
      if (failedAt !== undefined) onHealed?.();
      failedAt = undefined;
      return true;
    } catch (error) {
      failedAt = now();
      onError(error);
      return false;
    }
  };
  const refresh = (): Promise<boolean> => {
    pending ??= fetchOnce().finally(() => {
      pending = undefined;
    });
    return pending;
  };
  const age = (): number => (fetchedAt === undefined ? Infinity : now() - fetchedAt);
  const believed = (): boolean => age() <= maxStaleSeconds * 1000;
  const rest = (): number => (believed() ? restMs.with : restMs.without);
  const unavailable = (): Refusal => new Refusal('keys_unavailable', { retryAfter: 5 });

  const readOn = async (): Promise<void> => {
    const read = await refresh();
    if (!stopped) timer = setTimeout(readOn, read ? refreshMs : rest()).unref();
  };

  /** The timer does not run while the host freezes the process between requests (Cloud Run). */
  const refreshBeside = (): void => {
    const rested = failedAt === undefined || now() - failedAt > rest();
    if (age() > refreshMs && rested) void refresh();
  };
  const fetchFor = async (kid: string): Promise<CryptoKey> => {
    if (pending || mayFetch()) {
      if (!(await refresh())) throw unavailable();
    } else if (failedAt !== undefined || !believed()) {
      throw unavailable();
    }
    const key = keys.get(kid);
    if (!key) throw invalidToken('unknown_key');
    return key;
  };

  return {
    async find(kid) {
      if (kid === undefined) throw invalidToken('unknown_key');
      const key = believed() ? keys.get(kid) : undefined;
      if (!key) return fetchFor(kid);
      refreshBeside();
      return key;
    },
    ready: believed,
    ageSeconds: () => (fetchedAt === undefined ? undefined : age() / 1000),
    stale: () => failedAt !== undefined,
    believedUntil: () => (fetchedAt === undefined ? 0 : fetchedAt / 1000 + maxStaleSeconds),
    start: () => void readOn(),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
