import type { CryptoKey } from 'jose';
import { invalidToken, Refusal } from '../errors.ts';
import { fetchJwks, type Jwks } from './jwks.ts';

export interface KeySet {
  /**
   * The public key with this `kid`.
   * @throws {Refusal} `invalid_token` (unknown_key), or `keys_unavailable` during an outage.
   */
  find(kid: string | undefined): Promise<CryptoKey>;
  /** True once keys were obtained. */
  ready(): boolean;
  /** Seconds since the keys were last read from the tenant; undefined = never. */
  ageSeconds(): number | undefined;
  /** Fetches until the first success; errors are reported, not thrown. */
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
  /** Milliseconds; the clock. */
  readonly now?: () => number;
  /** Milliseconds a fetch may take. */
  readonly timeoutMs?: number;
}

const refreshMs = 600_000;
const retryMs = 1_000;
/** An unknown kid may cause a fetch: this many at once, one more each second. */
const bucketSize = 3;

/** One token a second up to `bucketSize`; keeps a flood of unknown kids off the tenant. */
function createBucket(now: () => number): () => boolean {
  let filled = bucketSize;
  let at = now();
  return () => {
    // A clock set back must not empty the bucket.
    filled = Math.min(bucketSize, filled + Math.max(0, now() - at) / 1000);
    at = now();
    if (filled < 1) return false;
    filled -= 1;
    return true;
  };
}

/**
 * The tenant's signing keys: read once, refreshed in the background by use, believed for
 * `maxStaleSeconds` without the tenant. One fetch at a time is shared by all who wait.
 */
export function createKeySet(options: KeySetOptions): KeySet {
  const { url, maxStaleSeconds, onError, onChange, now = Date.now, timeoutMs = 5_000 } = options;
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
  const known = (kid: string): CryptoKey | undefined =>
    age() <= maxStaleSeconds * 1000 ? keys.get(kid) : undefined;
  const unavailable = (): Refusal => new Refusal('keys_unavailable', { retryAfter: 5 });

  const start = async (): Promise<void> => {
    if ((await refresh()) || stopped) return;
    timer = setTimeout(start, retryMs).unref();
  };

  /** Known keys answer at once; past their age a refresh goes on beside the call. */
  const refreshBeside = (): void => {
    const rested = failedAt === undefined || now() - failedAt > retryMs;
    if (age() > refreshMs && rested) void refresh();
  };
  const fetchFor = async (kid: string): Promise<CryptoKey> => {
    if (pending || mayFetch()) {
      if (!(await refresh())) throw unavailable();
    } else if (failedAt !== undefined || age() > maxStaleSeconds * 1000) {
      throw unavailable();
    }
    const key = keys.get(kid);
    if (!key) throw invalidToken('unknown_key');
    return key;
  };

  return {
    async find(kid) {
      if (kid === undefined) throw invalidToken('unknown_key');
      const key = known(kid);
      if (!key) return fetchFor(kid);
      refreshBeside();
      return key;
    },
    ready: () => fetchedAt !== undefined,
    ageSeconds: () => (fetchedAt === undefined ? undefined : age() / 1000),
    start: () => void start(),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
