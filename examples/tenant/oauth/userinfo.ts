import { jwtDecrypt, jwtVerify } from 'jose';
import type { AccountClaims } from 'oidc-provider';
import type { Person, State } from '../state.ts';
import { personById } from './access.ts';
import type { SigningKey } from './keys.ts';

/** What the tenant tells about a person. */
export const identity = (person: Person): AccountClaims => ({
  sub: person.user_id,
  name: person.name,
  nickname: person.email.replace(/@.*/, ''),
  email: person.email,
  email_verified: true,
});

/** Claims that come with a scope, besides `sub` (OpenID Connect Core §5.4). */
const claimsOf: Record<string, string[]> = {
  profile: ['name', 'nickname'],
  email: ['email', 'email_verified'],
};

/**
 * The answer of /userinfo (OpenID Connect Core §5.3) to a token in the Authorization header: an encrypted token of
 * this tenant or one for an API that has userinfo as second audience. Undefined when the token is not good for it.
 */
export async function userinfo(
  state: State,
  issuer: string,
  keys: { signing: SigningKey; secret: Buffer },
  authorization = '',
): Promise<Record<string, unknown> | undefined> {
  const token = authorization.replace(/^Bearer /i, '');
  const options = { issuer, audience: `${issuer}userinfo` };
  const { payload } = await (token.split('.').length === 5
    ? jwtDecrypt(token, keys.secret, options)
    : jwtVerify(token, keys.signing.publicKey, options)
  ).catch(() => ({ payload: { sub: '', scope: '' } }));
  const scopes = String(payload['scope']).split(' ');
  const person = personById(state, String(payload.sub));
  if (person === undefined || !scopes.includes('openid')) return undefined;
  const allowed = ['sub', ...scopes.flatMap((scope) => claimsOf[scope] ?? [])];
  return Object.fromEntries(
    Object.entries(identity(person)).filter(([claim]) => allowed.includes(claim)),
  );
}
