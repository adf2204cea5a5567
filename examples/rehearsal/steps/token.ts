import { OAuthError, type StoredOAuthTokens } from '@modelcontextprotocol/client';
import { decodeJwt, type JWTPayload } from 'jose';
import { missingScope, noAudience } from '../fixes.ts';
import type { Session } from '../session.ts';
import { type Done, StepFailed } from '../step.ts';

export interface Wanted {
  readonly issuer: string;
  readonly resource: string;
  /** Scopes that were asked for. */
  readonly scopes: readonly string[];
}

/** Redeems the code and looks into the token, which is never shown. Gives the granted scopes. */
export async function token(
  session: Session,
  back: URL,
  wanted: Wanted,
): Promise<Done<readonly string[]>> {
  const tokens = await session.finish(back).catch(explain);
  const claims = readClaims(tokens.access_token);
  check('iss', wanted.issuer, [claims.iss], 'The token must come from the tenant of the metadata.');
  check('aud', wanted.resource, [claims.aud].flat(), noAudience);
  const scopes = scopesOf(claims);
  const missing = wanted.scopes.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) {
    throw new StepFailed({
      expected: `a token of scope ${wanted.scopes.join(' ')}`,
      came: `scope ${scopes.join(' ') || 'none'}, sub ${claims.sub}`,
      fix: missingScope(missing),
    });
  }
  return { value: scopes, detail: describe(claims, tokens) };
}

function explain(error: unknown): never {
  if (!(error instanceof OAuthError)) throw error;
  throw new StepFailed({
    expected: 'an access token for the code (RFC 6749 §4.1.4)',
    came: `${error.code}: ${error.message}`,
    fix:
      error.code === 'invalid_grant'
        ? 'The code is used up, too old or of another request: rehearse again.'
        : 'The client must be public (token_endpoint_auth_method none) with the grant authorization_code; see the log of the tenant (type feacft).',
  });
}

function readClaims(jwt: string): JWTPayload {
  const parts = jwt.split('.').length;
  if (parts === 3) return decodeJwt(jwt);
  throw new StepFailed({
    expected: 'a signed JWT (RFC 9068)',
    came:
      parts === 5 ? 'an encrypted token (JWE) that only the tenant can read' : 'an opaque token',
    fix: noAudience,
  });
}

function check(
  name: string,
  expected: string,
  came: readonly (string | undefined)[],
  fix: string,
): void {
  if (came.includes(expected)) return;
  throw new StepFailed({
    expected: `${name} ${expected}`,
    came: `${name} ${came.join(', ')}`,
    fix,
  });
}

/** Scopes as the gateway counts them: `scope`, or `permissions` of a token without it. */
function scopesOf(claims: JWTPayload): string[] {
  const { scope, permissions = [] } = claims;
  return typeof scope === 'string'
    ? scope.split(' ').filter(Boolean)
    : [permissions].flat().map(String);
}

function describe(claims: JWTPayload, tokens: StoredOAuthTokens): string {
  const { iss, aud, sub, scope, permissions, azp, client_id, exp = 0 } = claims;
  const minutes = Math.round((exp - Date.now() / 1000) / 60);
  const shown = { iss, aud, sub, scope, permissions, azp, client_id };
  const said = Object.entries(shown).filter(([, value]) => value !== undefined);
  const refresh = tokens.refresh_token === undefined ? 'no refresh token' : 'refresh token';
  const list = said.map(([name, value]) => `${name} ${[value].flat().join(',')}`);
  return [...list, `exp in ${minutes} min`, refresh].join(', ');
}
