import { decodeJwt } from 'jose';

/** A token is replaced this long before it expires, milliseconds. Google's live one hour. */
const replaceMs = 5 * 60_000;
/** And is not used any more this long before, for the way to the backend and its clock. */
const spareMs = 30_000;

/** Loaded when first used: 60 MB of heap and 0.3 s that others do not pay for. */
async function fetchIdToken(audience: string): Promise<string> {
  const { gcpMetadata, GoogleAuth } = await import('google-auth-library');
  try {
    const client = await new GoogleAuth().getIdTokenClient(audience);
    return await client.idTokenProvider.fetchIdToken(audience);
  } catch (error) {
    // It would remember for ever that there is no metadata server.
    gcpMetadata.resetIsAvailableCache();
    throw error;
  }
}

/**
 * Identity tokens of the service account the gateway runs as, for a private Cloud Run service or
 * function: https://docs.cloud.google.com/run/docs/authenticating/service-to-service.
 * One fetch at a time, in the background while the token at hand is good.
 * @param now milliseconds since the epoch.
 * @returns a function that gives the Authorization value, at once where a good token is at hand.
 */
export function createGoogleTokens(
  audience: string,
  now: () => number = Date.now,
): () => string | Promise<string> {
  let value = '';
  let expires = 0;
  let pending: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    try {
      const token = await fetchIdToken(audience);
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
