import { createHash } from 'node:crypto';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import { request } from 'undici';
import { invalidToken, Refusal } from '../errors.ts';

export interface KeySet {
  /**
   * The public key with this `kid`.
   * @throws {Refusal} `invalid_token` (unknown_key), or `keys_unavailable` during an outage.
   */
  find(kid: string | undefined): Promise<CryptoKey>;
  /** True once keys were obtained. */
  ready(): boolean;
  /** Seconds since the keys were last read from the tenant; undefined = never. */
  ageSeconds(): number | undefined;
  /** Fetches until the first success; errors are reported, not thrown. */
  start(): void;
  stop(): void;
}

export interface KeySetOptions {
  /** The tenant's JWKS document (RFC 7517). */
  readonly url: string;
  readonly maxStaleSeconds: number;
  readonly onError: (error: unknown) => void;
  /** Called when the published keys differ from those before. */
  readonly onChange: () => void;
  /** Milliseconds; the clock. */
  readonly now?: () => number;
}

const refreshMs = 600_000;
const retryMs = 1_000;
const fetchTimeoutMs = 5_000;
/** An unknown kid may cause a fetch: this many at once, one more each second. */
const bucketSize = 3;

async function fetchKeys(url: string): Promise<{ digest: string; keys: Map<string, CryptoKey> }> {
  const { statusCode, body } = await request(url, {
    headersTimeout: fetchTimeoutMs,
    bodyTimeout: fetchTimeoutMs,
    headers: { accept: 'application/json' },
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`the key server answered ${statusCode}`);
  const { keys: jwks } = JSON.parse(text) as { keys: JWK[] };
  const keys = new Map<string, CryptoKey>();
  for (const jwk of jwks) {
    const usable = jwk.kty === 'RSA' && (jwk.use ?? 'sig') === 'sig' && jwk.kid;
    if (usable) keys.set(usable, (await importJWK({ ...jwk, alg: 'RS256' })) as CryptoKey);
  }
  if (keys.size === 0) throw new Error('the key server publishes no RSA signing key');
  return { digest: createHash('sha256').update(text).digest('base64'), keys };
}

/** One token a second up to `bucketSize`; keeps a flood of unknown kids off the tenant. */
function createBucket(now: () => number): () => boolean {
  let filled = bucketSize;
  let at = now();
  return () => {
    filled = Math.min(bucketSize, filled + (now() - at) / 1000);
    at = now();
    if (filled < 1) return false;
    filled -= 1;
    return true;
  };
}

/**
 * The tenant's signing keys: read once, refreshed in the background by use, believed for
 * `maxStaleSeconds` without the tenant. One fetch at a time is shared by all who wait.
 */
export function createKeySet(options: KeySetOptions): KeySet {
  const { url, maxStaleSeconds, onError, onChange, now = Date.now } = options;
  const mayFetch = createBucket(now);
  let keys = new Map<string, CryptoKey>();
  let digest = '';
  let fetchedAt: number | undefined;
  let failedAt: number | undefined;
  let pending: Promise<boolean> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const fetchOnce = async (): Promise<boolean> => {
    try {
      const found = await fetchKeys(url);
      if (digest !== '' && found.digest !== digest) onChange();
      ({ keys, digest } = found);
      fetchedAt = now();
      failedAt = undefined;
      return true;
    } catch (error) {
      failedAt = now();
      onError(error);
      return false;
    } finally {
      pending = undefined;
    }
  };
  const refresh = (): Promise<boolean> => {
    pending ??= fetchOnce();
    return pending;
  };
  const age = (): number => (fetchedAt === undefined ? Infinity : now() - fetchedAt);
  const known = (kid: string): CryptoKey | undefined =>
    age() <= maxStaleSeconds * 1000 ? keys.get(kid) : undefined;
  const unavailable = (): Refusal => new Refusal('keys_unavailable', { retryAfter: 5 });

  const start = async (): Promise<void> => {
    if ((await refresh()) || stopped) return;
    timer = setTimeout(start, retryMs).unref();
  };

  /** Known keys answer at once; past their age a refresh goes on beside the call. */
  const refreshBeside = (): void => {
    const rested = failedAt === undefined || now() - failedAt > retryMs;
    if (age() > refreshMs && rested) void refresh();
  };
  const fetchFor = async (kid: string): Promise<CryptoKey> => {
    if (pending || mayFetch()) {
      if (!(await refresh())) throw unavailable();
    } else if (failedAt !== undefined || age() > maxStaleSeconds * 1000) {
      throw unavailable();
    }
    const key = keys.get(kid);
    if (!key) throw invalidToken('unknown_key');
    return key;
  };

  return {
    async find(kid) {
      if (kid === undefined) throw invalidToken('unknown_key');
      const key = known(kid);
      if (!key) return fetchFor(kid);
      refreshBeside();
      return key;
    },
    ready: () => fetchedAt !== undefined,
    ageSeconds: () => (fetchedAt === undefined ? undefined : age() / 1000),
    start: () => void start(),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
