import { timingSafeEqual } from 'node:crypto';
import type { Client, State } from '../state.ts';
import { issueToken, lifetime } from './tokens.ts';

export interface TokenAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** Audience of the Management API of the tenant at `origin`. */
export const managementAudience = (origin: string): string => `${origin}/api/v2/`;

/**
 * The client credentials grant (RFC 6749 §4.4) for the Management API.
 * `body` is the parsed token request with `client_id` and `client_secret` in it. The answer's scope is
 * that of the client's grant (subject_type `client`), or the part of it that was asked for.
 * Status and words of the refusals are those of Auth0's /oauth/token as seen from outside.
 */
export async function machineToken(
  state: State,
  origin: string,
  body: Record<string, unknown>,
): Promise<TokenAnswer> {
  const client = state.clients.get(String(body['client_id']));
  if (client === undefined || !knowsSecret(client, String(body['client_secret']))) {
    return refuse(401, 'access_denied', 'Unauthorized');
  }
  const audience = body['audience'];
  if (audience === undefined) {
    const why = 'No audience parameter was provided, and no default audience has been configured';
    return refuse(403, 'access_denied', why);
  }
  if (audience !== managementAudience(origin)) {
    return refuse(403, 'access_denied', `Service not enabled within domain: ${audience}`);
  }
  if (!client.grant_types.includes('client_credentials')) {
    const why = "Grant type 'client_credentials' not allowed for the client.";
    return refuse(403, 'unauthorized_client', why);
  }
  const grant = [...state.clientGrants.values()].find(
    (each) =>
      each.client_id === client.client_id &&
      each.audience === audience &&
      each.subject_type === 'client',
  );
  if (grant === undefined) {
    const why = `Client is not authorized to access "${audience}". You need to create a "client-grant" associated to this API.`;
    return refuse(403, 'access_denied', why);
  }
  const wanted = typeof body['scope'] === 'string' ? body['scope'].split(' ') : grant.scope;
  const scopes = grant.scope.filter((scope) => wanted.includes(scope));
  return {
    status: 200,
    body: {
      access_token: issueToken(state, client.client_id, scopes),
      token_type: 'Bearer',
      expires_in: lifetime,
      scope: scopes.join(' '),
    },
  };
}

const refuse = (status: number, error: string, error_description: string): TokenAnswer => ({
  status,
  body: { error, error_description },
});

function knowsSecret(client: Client, secret: string): boolean {
  const expected = Buffer.from(client.client_secret ?? '');
  const given = Buffer.from(secret);
  return (
    expected.length > 0 && expected.length === given.length && timingSafeEqual(expected, given)
  );
}
