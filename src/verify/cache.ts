import { hash } from 'node:crypto';

export interface TokenCache<T> {
  get(token: string): T | undefined;
  /** `expiresAt`: seconds since the epoch (the token's exp). */
  set(token: string, value: T, expiresAt: number): void;
  clear(): void;
}

const most = 10_000;

/**
 * What a token stood for when it was last verified. Bounded, by digest so that no token stays
 * in memory, never beyond the token's own expiry or `seconds`.
 */
export function createTokenCache<T>(seconds: number, now = Date.now): TokenCache<T> {
  const entries = new Map<string, { value: T; until: number }>();
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
    set(token, value, expiresAt) {
      const until = Math.min(expiresAt * 1000, now() + seconds * 1000);
      if (until <= now()) return;
      const oldest = entries.size >= most ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
      entries.set(key(token), { value, until });
    },
    clear: () => entries.clear(),
  };
}
