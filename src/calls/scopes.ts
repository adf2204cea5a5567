import type { ScopeImplies } from '../settings.ts';
import type { AccessToken } from '../verify/access-token.ts';

/** How a token's claims become the scopes of its caller. */
export interface ScopeRules {
  /** `united`: `permissions` count beside `scope`, whatever the person consented to. */
  readonly permissions: 'consented' | 'united';
  readonly implies: ScopeImplies;
}

const strings = (claim: unknown): string[] =>
  Array.isArray(claim) ? claim.filter((part) => typeof part === 'string') : [];

/**
 * What the person consented to (`scope`). `permissions` lists all a person may do, whatever was
 * asked for, so it counts only where a token has no `scope`, or where the operator unites the two.
 */
function claimed({ scope, permissions }: AccessToken, rule: ScopeRules['permissions']): string[] {
  if (typeof scope !== 'string') return strings(permissions);
  const consented = scope.split(' ').filter((part) => part !== '');
  return rule === 'united' ? [...consented, ...strings(permissions)] : consented;
}

/** The scopes a believed token gives, each once, with those that they imply. */
export function scopesOf(token: AccessToken, { permissions, implies }: ScopeRules): string[] {
  const scopes = claimed(token, permissions);
  return [...new Set([...scopes, ...scopes.flatMap((scope) => implies.get(scope) ?? [])])];
}
