import { errors, type JWTPayload, jwtVerify } from 'jose';
import { invalidToken, Refusal, type TokenReason } from '../errors.ts';
import type { KeySet } from './keys.ts';

export interface Expectations {
  readonly issuer: string;
  readonly audience: string;
  /** Seconds of leeway for exp and nbf. */
  readonly clockTolerance: number;
  /** The organizations (`org_id`) whose tokens are believed; empty = any, and none too. */
  readonly organizations: readonly string[];
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
  readonly org_id?: string;
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

/** Characters; beyond what any tenant issues, and below what node:http takes as headers. */
const longest = 16_384;

/**
 * Tells what is no compact JWS before any cryptography (RFC 7515 §3.1, RFC 7516 §3.1). Header and
 * payload are signed as they are written; the signature is not, and must be written in the one
 * right way (RFC 4648 §3.5), or a token would have several spellings.
 */
function refuseShape(token: string): void {
  if (token.length > longest) throw invalidToken('malformed');
  const parts = token.split('.');
  if (parts.length === 5) throw invalidToken('ACCESS_TOKEN_IS_ENCRYPTED_JWE');
  if (parts.length !== 3) throw invalidToken('ACCESS_TOKEN_NOT_JWS');
  const signature = String(parts[2]);
  if (Buffer.from(signature, 'base64url').toString('base64url') !== signature) {
    throw invalidToken('malformed');
  }
}

/** Judges what jose leaves open in a token whose signature, issuer, audience and times are good. */
function refuseClaims(payload: JWTPayload, typ: unknown, organizations: readonly string[]): void {
  if (typ !== undefined && !types.has(String(typ).toLowerCase())) throw invalidToken('malformed');
  // 1e999 in JSON is Infinity: a token without an end.
  if (!Number.isFinite(payload.exp)) throw invalidToken('malformed');
  if (payload['cnf'] !== undefined) throw invalidToken('sender_constrained');
  if (typeof payload.sub !== 'string' || payload.sub === '') throw invalidToken('no_subject');
  const welcome =
    organizations.length === 0 || organizations.some((id) => id === payload['org_id']);
  if (!welcome) throw invalidToken('wrong_organization');
}

/**
 * Verifies RS256 access tokens of the tenant (RFC 9068 §4, RFC 8725).
 * @returns a function from a compact JWS to its claims; it throws a {@link Refusal}:
 * `invalid_token` with its reason, or `keys_unavailable`.
 */
export function createVerifyToken(keys: KeySet, expected: Expectations): VerifyToken {
  const { issuer, audience, clockTolerance, organizations, now = Date.now } = expected;
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
      refuseClaims(payload, protectedHeader.typ, organizations);
      return payload as AccessToken;
    } catch (error) {
      throw error instanceof Refusal ? error : invalidToken(reasonOf(error), error);
    }
  };
}
