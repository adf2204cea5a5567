/** How often something was counted in its window. */
export interface Count {
  readonly count: number;
  /** Milliseconds until the window ends. */
  readonly msLeft: number;
}

export interface Counter {
  /** Counts once more, or takes one back; the first count of a key begins its window. */
  add(key: string, by?: 1 | -1): Count;
  /** What a counter shared by several processes says. */
  set(key: string, count: Count): void;
}

/** Whole milliseconds: with fractions, what is left of a window could be more than a window. */
const wholeMs = (): number => Math.floor(performance.now());

/** Keys a counter remembers; about 150 bytes each. */
const usual = 50_000;

/**
 * Counts in windows of `windowMs` milliseconds, in memory. Bounded by `most` keys, whatever a
 * flood invents: a further one pushes out the key whose window is the oldest. No timers.
 * @param now a clock in milliseconds that never jumps.
 */
export function createCounter(windowMs: number, most = usual, now = wholeMs): Counter {
  const windows = new Map<string, { count: number; until: number }>();

  const open = (key: string, count: number, until: number, at: number): void => {
    windows.delete(key);
    // A Map keeps the order of insertion: the windows that end first come first.
    for (const [oldest, window] of windows) {
      if (window.until > at && windows.size < most) break;
      windows.delete(oldest);
    }
    windows.set(key, { count, until });
  };

  return {
    add(key, by = 1) {
      const at = now();
      const window = windows.get(key);
      if (window && window.until > at) {
        window.count = Math.max(0, window.count + by);
        return { count: window.count, msLeft: window.until - at };
      }
      const count = Math.max(0, by);
      open(key, count, at + windowMs, at);
      return { count, msLeft: windowMs };
    },
    set(key, { count, msLeft }) {
      const at = now();
      open(key, count, at + msLeft, at);
    },
  };
}
