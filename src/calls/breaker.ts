import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import { Refusal } from '../errors.ts';
import { ExchangeError } from './answer.ts';

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface BreakerRule {
  /** Consecutive failures that open it; 0 = never. */
  readonly failures: number;
  /** Seconds until one call may probe whether the backend is back. */
  readonly seconds: number;
}

/** Spares a backend that is down, and its callers the wait. */
export interface Breaker {
  /** Runs one exchange. @throws {Refusal} `upstream_unavailable` while it is open. */
  run<T>(exchange: () => Promise<T>): Promise<T>;
  state(): BreakerState;
}

const states: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
};

/**
 * An exchange fails when the connection or the deadline does. Whatever status the backend answers
 * with, it is up; a client that goes away proves nothing.
 */
export function createBreaker(
  { failures, seconds }: BreakerRule,
  onState: (state: BreakerState) => void,
): Breaker {
  if (failures === 0) return { run: (exchange) => exchange(), state: () => 'closed' };

  const proves = (error: unknown): boolean =>
    error instanceof ExchangeError &&
    (error.end === 'failed' ||
      error.end === 'timeout' ||
      // The probe was not answered: still unknown is still open.
      (error.end === 'aborted' && policy.state === CircuitState.HalfOpen));
  const policy = circuitBreaker(handleWhen(proves), {
    halfOpenAfter: seconds * 1000,
    breaker: new ConsecutiveBreaker(failures),
  });
  let probeAt = 0;
  policy.onBreak(() => {
    probeAt = Date.now() + seconds * 1000;
  });
  policy.onStateChange((state) => onState(states[state]));
  const unavailable = (): Refusal =>
    new Refusal('upstream_unavailable', { retryAfter: (probeAt - Date.now()) / 1000 });

  return {
    async run(exchange) {
      // The policy would let callers wait for the end of the probe.
      if (policy.state === CircuitState.HalfOpen) throw unavailable();
      try {
        return await policy.execute(exchange);
      } catch (error) {
        throw error instanceof BrokenCircuitError ? unavailable() : error;
      }
    },
    state: () => states[policy.state],
  };
}
