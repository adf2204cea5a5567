import { randomBytes } from 'node:crypto';
import type { State } from '../state.ts';
import { Refusal } from './refusal.ts';

/** What a token of the Management API stands for. Its scopes are fixed when it is issued. */
export interface MachineToken {
  clientId: string;
  scopes: string[];
  /** Unix milliseconds. */
  expiresAt: number;
}

/** Opaque handles suffice: nobody but this API reads them. */
const issued = new WeakMap<State, Map<string, MachineToken>>();

/** Seconds a token of the Management API lives (Auth0's default for that API). */
export const lifetime = 86_400;

/** A new access token for `clientId` with `scopes`. */
export function issueToken(state: State, clientId: string, scopes: string[]): string {
  const tokens = issued.get(state) ?? new Map<string, MachineToken>();
  issued.set(state, tokens);
  const token = randomBytes(32).toString('base64url');
  tokens.set(token, { clientId, scopes: [...scopes], expiresAt: Date.now() + lifetime * 1000 });
  return token;
}

/**
 * Whom an Authorization header speaks for, if the token has the scope.
 * Throws 401 without a token, with an unknown or expired one, or when its client is gone; 403 without the scope.
 */
export function authenticate(
  state: State,
  header: string | undefined,
  scope: string,
  now: number,
): MachineToken {
  const [, handle] = /^Bearer (\S+)$/i.exec(header ?? '') ?? [];
  if (handle === undefined) {
    throw new Refusal(401, 'missing_authentication', 'Missing authentication');
  }
  const token = issued.get(state)?.get(handle);
  if (token === undefined || token.expiresAt <= now || !state.clients.has(token.clientId)) {
    throw new Refusal(401, 'invalid_token', 'Invalid token');
  }
  if (!token.scopes.includes(scope)) {
    const message = `Insufficient scope, expected any of: ${scope}`;
    throw new Refusal(403, 'insufficient_scope', message);
  }
  return token;
}
