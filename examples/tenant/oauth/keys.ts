import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { JWK } from 'oidc-provider';

/** The key a tenant signs with. */
export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** The private key as oidc-provider takes it. */
  jwk: JWK;
}

/** A new RS256 key with a new `kid`. Generated on the spot, so that a rotation is over when it returns. */
export function newSigningKey(): SigningKey {
  const kid = randomBytes(16).toString('base64url');
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk: JWK = {
    kty: 'RSA',
    ...privateKey.export({ format: 'jwk' }),
    kid,
    alg: 'RS256',
    use: 'sig',
  };
  return { kid, privateKey, publicKey, jwk };
}
