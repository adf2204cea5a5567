import { createBudget } from './budget.ts';
import { callFailure } from './failure.ts';

export interface Patience {
  /** Milliseconds for one request, its body included. */
  readonly timeout: number;
  /** Milliseconds a 429 may stop everything. */
  readonly longestPause: number;
  /** Times a request refused by the limit is sent again. */
  readonly pauses: number;
}

/** A webhook has ten seconds in all; the SDK's own 60 s and two retries are too long for it. */
export const usualPatience: Patience = { timeout: 5000, longestPause: 2000, pauses: 3 };

/**
 * The status given to what got no answer. The SDK leaves its timer running, and the process with
 * it, when a fetch rejects.
 */
export const noAnswer = 599;

/**
 * The `fetch` of the Management API client: sends to `origin` (the SDK knows https hosts only),
 * limits the time of each request and keeps below the tenant's rate limit, which all requests made
 * through one such fetch share. Rejects only where no machine token is given, with a Failure.
 */
export function createTenantFetch(origin: string, patience: Patience): typeof fetch {
  const budget = createBudget(patience.longestPause);
  const send = (path: string, init: RequestInit | undefined) => {
    const signals = [AbortSignal.timeout(patience.timeout), init?.signal ?? []].flat();
    return fetch(origin + path, { ...init, signal: AbortSignal.any(signals) }).catch(
      ({ message }: Error) => Response.json({ message }, { status: noAnswer }),
    );
  };

  async function token(path: string, init: RequestInit | undefined): Promise<Response> {
    const answer = await send(path, init);
    if (answer.ok) return answer;
    await answer.body?.cancel();
    const status = answer.status === noAnswer ? undefined : answer.status;
    throw callFailure('token', status, 'the tenant gives no Management API token');
  }

  return async (input, init) => {
    const { pathname, search } = new URL(String(input));
    // Tokens have a limit of their own.
    if (pathname === '/oauth/token') return token(pathname, init);
    const spend = () => budget.spend(() => send(pathname + search, init));
    let answer = await spend();
    for (let pause = 0; answer.status === 429 && pause < patience.pauses; pause += 1) {
      await answer.body?.cancel();
      answer = await spend();
    }
    return answer;
  };
}
