/** What happened lately, by key: forgotten after a while, and the oldest first when there is much. */
export interface Recent<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

/**
 * @param lifetime milliseconds
 * @param most entries
 * @param now unix milliseconds
 */
export function createRecent<T>(lifetime: number, most: number, now: () => number): Recent<T> {
  const entries = new Map<string, { value: T; until: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      return entry && entry.until > now() ? entry.value : undefined;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, { value, until: now() + lifetime });
      if (entries.size > most) entries.delete(String(entries.keys().next().value));
    },
  };
}
