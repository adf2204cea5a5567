import { hash } from 'node:crypto';

export interface TokenCache<T> {
  get(token: string): T | undefined;
  /** Counts how often the cache was cleared; to be read before a token is verified. */
  epoch(): number;
  /**
   * `expiresAt`: seconds since the epoch (the token's exp). `epoch`: when its verification began;
   * a token judged by keys that have changed meanwhile is not kept.
   */
  set(token: string, value: T, expiresAt: number, epoch: number): void;
  clear(): void;
}

/** What a cache goes by besides; times in seconds. */
export interface CacheOptions {
  /** Longest time a token is remembered. */
  readonly seconds: number;
  /** Milliseconds; the clock. */
  readonly now?: () => number;
  /** Since the epoch: beyond it nothing is remembered (the keys are not believed any longer). */
  readonly bound?: () => number;
}

const most = 10_000;

/**
 * What a token stood for when it was last verified. Bounded, by digest so that no token stays
 * in memory, never beyond the token's own expiry, `seconds` or `bound`.
 */
export function createTokenCache<T>(options: CacheOptions): TokenCache<T> {
  const { seconds, now = Date.now, bound = () => Infinity } = options;
  const entries = new Map<string, { value: T; until: number }>();
  let cleared = 0;
  const key = (token: string): string => hash('sha256', token, 'base64');
  return {
    get(token) {
      const digest = key(token);
      const entry = entries.get(digest);
      if (!entry) return undefined;
      if (entry.until > now()) return entry.value;
      entries.delete(digest);
      return undefined;
    },
    epoch: () => cleared,
    set(token, value, expiresAt, epoch) {
      const until = Math.min(expiresAt * 1000, bound() * 1000, now() + seconds * 1000);
      if (until <= now() || epoch !== cleared) return;
      const oldest = entries.size >= most ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
      entries.set(key(token), { value, until });
    },
    clear() {
      entries.clear();
      cleared += 1;
    },
  };
}
