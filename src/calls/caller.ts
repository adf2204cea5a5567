import { invalidToken } from '../errors.ts';
import type { AccessToken } from '../verify/access-token.ts';

declare const verified: unique symbol;

/** A verified identity. Only {@link toCaller}, called by `authenticate`, makes one. */
export interface Caller {
  readonly [verified]: true;
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** True for a client acting for itself (client credentials), not for a person. */
  readonly machine: boolean;
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

/**
 * The delegated scopes: what the person consented to (`scope`). `permissions` lists all a
 * person may do, whatever was asked for, so it counts only where a token has no `scope`.
 */
function scopesOf({ scope, permissions }: AccessToken): string[] {
  if (typeof scope === 'string') return scope.split(' ').filter((part) => part !== '');
  return Array.isArray(permissions) ? permissions.filter((part) => typeof part === 'string') : [];
}

/** Claims of a believed token in, caller out. */
export function toCaller(token: AccessToken): Caller {
  const scopes = scopesOf(token);
  const clientId = [token.azp, token.client_id].find((id) => typeof id === 'string') ?? '';
  const headers: [string, string][] = [['x-user-id', encodeHeaderValue(token.sub)]];
  if (clientId !== '') headers.push(['x-client-id', encodeHeaderValue(clientId)]);
  if (scopes.length > 0) headers.push(['x-scopes', scopes.map(encodeHeaderValue).join(' ')]);
  const machine = token.gty === 'client-credentials' || token.sub.endsWith('@clients');
  return { subject: token.sub, clientId, scopes, machine, headers } as unknown as Caller;
}
