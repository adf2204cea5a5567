/** How long a call may take, and who waits for it. */
export interface Limits {
  /** Milliseconds that are left. */
  readonly timeoutMs: number;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

export type Over = 'timeout' | 'aborted';

/**
 * Tells once that a limit was reached.
 * @returns the function that ends the watch.
 */
export function watch({ timeoutMs, signal }: Limits, onOver: (over: Over) => void): () => void {
  const stop = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', goneAway);
  };
  const tell = (over: Over): void => {
    stop();
    onOver(over);
  };
  const goneAway = (): void => tell('aborted');
  const timer = setTimeout(() => tell('timeout'), timeoutMs);
  signal.addEventListener('abort', goneAway);
  return stop;
}
