import type { Faults } from '../state.ts';

export interface Allowance {
  granted: boolean;
  /** `x-ratelimit-*` of the answer; the reset is in unix seconds. */
  headers: Record<string, string>;
}

/** What the headers say of a tenant without a limit. */
const unlimited = 1000;

/**
 * Auth0's global limit as a token bucket: `faults.rateLimitPerSecond` requests a second, the same number at once.
 * `faults.tooMany` refuses the next n requests in any case. `now` is in unix milliseconds.
 */
export function createLimit(faults: Faults): (now: number) => Allowance {
  let size = 0;
  let tokens = 0;
  let filled = 0;
  return (now) => {
    const rate = faults.rateLimitPerSecond;
    tokens = rate === size ? Math.min(size, tokens + ((now - filled) / 1000) * rate) : rate;
    size = rate;
    filled = now;
    const forced = faults.tooMany > 0;
    if (forced) faults.tooMany -= 1;
    const granted = !forced && (rate === 0 || tokens >= 1);
    if (granted) tokens -= 1;
    return {
      granted,
      headers: describe(rate, forced ? 0 : rate === 0 ? unlimited - 1 : tokens, now),
    };
  };
}

function describe(rate: number, left: number, now: number): Record<string, string> {
  return {
    'x-ratelimit-limit': String(rate || unlimited),
    'x-ratelimit-remaining': String(Math.floor(left)),
    'x-ratelimit-reset': String(Math.ceil(now / 1000) + 1),
  };
}
