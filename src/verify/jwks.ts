import { createHash, type webcrypto } from 'node:crypto';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import { request } from 'undici';

/** What the tenant publishes at one moment. */
export interface Jwks {
  /** Of the document's text; differs when anything in it does. */
  readonly digest: string;
  /** The RS256 keys by `kid`; never empty. */
  readonly keys: ReadonlyMap<string, CryptoKey>;
}

/** RFC 7518 §3.3: smaller RSA keys must not be used. */
const leastBits = 2048;

const bitsOf = (key: CryptoKey): number =>
  (key.algorithm as webcrypto.RsaHashedKeyAlgorithm).modulusLength;

/** The public part of an RS256 key, or undefined for any other key (RFC 7517 §4). */
async function importKey({ kty, n, e, use, alg }: JWK): Promise<CryptoKey | undefined> {
  if (kty !== 'RSA' || !n || !e) return undefined;
  if ((use ?? 'sig') !== 'sig' || (alg ?? 'RS256') !== 'RS256') return undefined;
  const key = (await importJWK({ kty, n, e, alg: 'RS256' })) as CryptoKey;
  return bitsOf(key) < leastBits ? undefined : key;
}

/**
 * Reads a JWKS document (RFC 7517). Keys that are not understood, broken or too small are
 * ignored (§5), so that one of them does not spoil the others.
 * @param timeoutMs milliseconds from the first byte sent to the last one read.
 * @throws when the document cannot be read or holds no usable key.
 */
export async function fetchJwks(url: string, timeoutMs: number): Promise<Jwks> {
  const { statusCode, body } = await request(url, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/json' },
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`the key server answered ${statusCode}`);
  const { keys: published } = JSON.parse(text) as { keys: JWK[] };
  const keys = new Map<string, CryptoKey>();
  for (const jwk of published) {
    const key = await importKey(jwk);
    if (key && jwk.kid) keys.set(jwk.kid, key);
  }
  if (keys.size === 0) throw new Error('the key server publishes no usable RS256 key');
  return { digest: createHash('sha256').update(text).digest('base64'), keys };
}
