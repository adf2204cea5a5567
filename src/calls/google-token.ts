import { setTimeout as after } from 'node:timers/promises';
import { decodeJwt } from 'jose';

/** A token is replaced this long before it expires, milliseconds. Google's live one hour. */
const replaceMs = 5 * 60_000;
/** And is not used any more this long before, for the way to the backend and its clock. */
const spareMs = 30_000;

/** The library is loaded when first used: others need not pay for it. */
async function fetchIdToken(audience: string): Promise<string> {
  const { Compute } = await import('google-auth-library');
  return new Compute().fetchIdToken(audience);
}

/** On Cloud Run the library itself would wait for ever, and everybody with it. */
async function silence(ms: number): Promise<never> {
  await after(ms, undefined, { ref: false });
  throw new Error(`the metadata server did not answer within ${ms} ms`);
}

export interface Patience {
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Milliseconds one fetch may take. */
  readonly fetchMs?: number;
}

/**
 * Identity tokens of the service account the gateway runs as, from Google's metadata server, for a
 * private Cloud Run service or function: https://docs.cloud.google.com/run/docs/authenticating/service-to-service.
 * One fetch at a time, in the background while the token at hand is good.
 * @returns a function that gives the Authorization value, at once where a good token is at hand.
 */
export function createGoogleTokens(
  audience: string,
  { now = Date.now, fetchMs = 10_000 }: Patience = {},
): () => string | Promise<string> {
  let value = '';
  let expires = 0;
  let pending: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    try {
      const token = await Promise.race([fetchIdToken(audience), silence(fetchMs)]);
      expires = (decodeJwt(token).exp ?? 0) * 1000;
      value = `Bearer ${token}`;
      return value;
    } finally {
      pending = undefined;
    }
  };

  return () => {
    const left = expires - now();
    if (left > replaceMs) return value;
    pending ??= renew();
    if (left <= spareMs) return pending;
    pending.catch(() => {});
    return value;
  };
}
