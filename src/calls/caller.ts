import { invalidToken } from '../errors.ts';
import type { AccessToken } from '../verify/access-token.ts';
import { type ScopeRules, scopesOf } from './scopes.ts';

declare const verified: unique symbol;

/** A verified identity. Only {@link toCaller}, called by `authenticate`, makes one. */
export interface Caller {
  readonly [verified]: true;
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** True for a client acting for itself (client credentials), not for a person. */
  readonly machine: boolean;
  /** The Auth0 organization the person logged in to (`org_id`). */
  readonly organization: string | undefined;
  /** Identity headers for the backend, values encoded; made once per token. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * Visible ASCII except `%` as it is, all else percent-encoded UTF-8.
 * @throws {Refusal} `invalid_token` (malformed) for half a surrogate pair: it has no UTF-8, and
 * every one would become the same replacement character, two subjects one.
 */
export function encodeHeaderValue(value: string): string {
  if (!value.isWellFormed()) throw invalidToken('malformed');
  return value.replace(/[^\x21-\x24\x26-\x7e]+/gu, (run) =>
    Array.from(
      Buffer.from(run),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join(''),
  );
}

/** Claims of a believed token in, caller out. */
export function toCaller(token: AccessToken, rules: ScopeRules): Caller {
  const scopes = scopesOf(token, rules);
  const clientId = [token.azp, token.client_id].find((id) => typeof id === 'string') ?? '';
  const headers: [string, string][] = [['x-user-id', encodeHeaderValue(token.sub)]];
  if (clientId !== '') headers.push(['x-client-id', encodeHeaderValue(clientId)]);
  if (scopes.length > 0) headers.push(['x-scopes', scopes.map(encodeHeaderValue).join(' ')]);
  const organization = typeof token.org_id === 'string' && token.org_id ? token.org_id : undefined;
  if (organization) headers.push(['x-org-id', encodeHeaderValue(organization)]);
  const machine = token.gty === 'client-credentials' || token.sub.endsWith('@clients');
  if (machine) headers.push(['x-caller-type', 'machine']);
  const caller = { subject: token.sub, clientId, scopes, machine, organization, headers };
  return caller as unknown as Caller;
}
