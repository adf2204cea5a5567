import { setTimeout as sleep } from 'node:timers/promises';
import { callFailure } from './failure.ts';

export interface Patience {
  /** Milliseconds for one request, its body included. */
  readonly timeout: number;
  /** Milliseconds of one wait for the rate limit. */
  readonly longestPause: number;
  /** Waits for the rate limit before a 429 is an answer. */
  readonly pauses: number;
}

/** A webhook has ten seconds in all; the SDK's own 60 s and two retries are too long for it. */
export const usualPatience: Patience = { timeout: 5000, longestPause: 2000, pauses: 3 };

/** Milliseconds until the limit has room again: `x-ratelimit-reset` is in unix seconds (Auth0). */
function pauseOf(answer: Response, longest: number): number {
  const reset = Number(answer.headers.get('x-ratelimit-reset')) * 1000;
  return Math.min(Math.max(reset - Date.now(), 100), longest);
}

/**
 * The status given to what got no answer. The SDK leaves its timer running, and the process with
 * it, when a fetch rejects.
 */
export const noAnswer = 599;

/**
 * The `fetch` of the Management API client: sends to `origin` (the SDK knows https hosts only),
 * limits the time of each request and waits out the rate limit, which a single promotion exceeds
 * on the smallest plan (2 requests/s). Rejects only where no machine token is given, with a Failure.
 */
export function createTenantFetch(origin: string, patience: Patience): typeof fetch {
  const send = (path: string, init: RequestInit | undefined) => {
    const signals = [AbortSignal.timeout(patience.timeout), init?.signal ?? []].flat();
    return fetch(origin + path, { ...init, signal: AbortSignal.any(signals) }).catch(
      ({ message }: Error) => Response.json({ message }, { status: noAnswer }),
    );
  };
  return async (input, init) => {
    const { pathname, search } = new URL(String(input));
    let answer = await send(pathname + search, init);
    for (let pause = 0; answer.status === 429 && pause < patience.pauses; pause += 1) {
      await answer.body?.cancel();
      await sleep(pauseOf(answer, patience.longestPause));
      answer = await send(pathname + search, init);
    }
    if (answer.ok || pathname !== '/oauth/token') return answer;
    await answer.body?.cancel();
    const status = answer.status === noAnswer ? undefined : answer.status;
    throw callFailure('token', status, 'the tenant gives no Management API token');
  };
}
