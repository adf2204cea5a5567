import { errors, type JWTPayload, jwtVerify } from 'jose';
import { invalidToken, Refusal, type TokenReason } from '../errors.ts';
import type { KeySet } from './keys.ts';

export interface Expectations {
  readonly issuer: string;
  readonly audience: string;
  /** Seconds of leeway for exp and nbf. */
  readonly clockTolerance: number;
  /** Milliseconds; the clock. */
  readonly now?: () => number;
}

/** The claims of an access token that was believed. */
export interface AccessToken extends JWTPayload {
  readonly sub: string;
  readonly exp: number;
  readonly azp?: string;
  readonly client_id?: string;
  readonly scope?: string;
  readonly permissions?: readonly string[];
  readonly gty?: string;
}

export type VerifyToken = (token: string) => Promise<AccessToken>;

/** Auth0's own profile says JWT, RFC 9068 says at+jwt. */
const types: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/at+jwt']);

const claimReasons: Readonly<Record<string, TokenReason>> = {
  iss: 'wrong_issuer',
  aud: 'wrong_audience',
  nbf: 'not_yet_valid',
};

function reasonOf(error: unknown): TokenReason {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    // `invalid`: of the wrong type, such as an nbf that is no number.
    return error.reason === 'invalid' ? 'malformed' : (claimReasons[error.claim] ?? 'malformed');
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'unsupported_algorithm';
  return 'malformed';
}

/** Tells what is no compact JWS before any cryptography (RFC 7515 §3.1, RFC 7516 §3.1). */
function refuseShape(token: string): void {
  const parts = token.split('.').length;
  if (parts === 5) throw invalidToken('ACCESS_TOKEN_IS_ENCRYPTED_JWE');
  if (parts !== 3) throw invalidToken('ACCESS_TOKEN_NOT_JWS');
}

/**
 * Verifies RS256 access tokens of the tenant (RFC 9068 §4, RFC 8725).
 * @returns a function from a compact JWS to its claims; it throws a {@link Refusal}:
 * `invalid_token` with its reason, or `keys_unavailable`.
 */
export function createVerifyToken(keys: KeySet, expected: Expectations): VerifyToken {
  const { issuer, audience, clockTolerance, now = Date.now } = expected;
  return async (token) => {
    refuseShape(token);
    try {
      const { payload, protectedHeader } = await jwtVerify(token, ({ kid }) => keys.find(kid), {
        algorithms: ['RS256'],
        issuer,
        audience,
        clockTolerance,
        currentDate: new Date(now()),
        requiredClaims: ['exp'],
      });
      const { typ } = protectedHeader;
      if (typ !== undefined && !types.has(typ.toLowerCase())) throw invalidToken('malformed');
      if (payload['cnf'] !== undefined) throw invalidToken('sender_constrained');
      if (typeof payload.sub !== 'string' || payload.sub === '') throw invalidToken('no_subject');
      return payload as AccessToken;
    } catch (error) {
      throw error instanceof Refusal ? error : invalidToken(reasonOf(error), error);
    }
  };
}
