import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { machineToken, type TokenAnswer } from '../management/machine-token.ts';
import type { State } from '../state.ts';
import { accessToken } from './claims.ts';
import type { SigningKey } from './keys.ts';

const refuse = (status: number, error: string, error_description: string): TokenAnswer => ({
  status,
  body: { error, error_description },
});

/**
 * The client credentials grant (RFC 6749 §4.4): for an ordinary API a signed token, with subject `{client_id}@clients`
 * and the scopes of the client's grant for machines; for the Management API and anything unknown see machineToken.
 */
export async function machineGrant(
  state: State,
  issuer: string,
  key: SigningKey,
  fields: Record<string, string>,
): Promise<TokenAnswer> {
  const { client_id: clientId = '', client_secret: secret = '', audience = '', scope } = fields;
  const api = state.apis.get(audience);
  if (api === undefined || audience === `${issuer}api/v2/`) {
    return machineToken(state, issuer.slice(0, -1), fields);
  }
  const client = state.clients.get(clientId);
  if (client?.client_secret === undefined || client.client_secret !== secret) {
    return refuse(401, 'access_denied', 'Unauthorized');
  }
  if (!client.grant_types.includes('client_credentials')) {
    const description = "Grant type 'client_credentials' not allowed for the client.";
    return refuse(403, 'unauthorized_client', description);
  }
  const grant = [...state.clientGrants.values()].find(
    (each) =>
      each.client_id === clientId && each.audience === audience && each.subject_type === 'client',
  );
  if (grant === undefined) {
    const description = `Client is not authorized to access "${audience}". You need to create a "client-grant" associated to this API.`;
    return refuse(403, 'access_denied', description);
  }
  const wanted = scope?.split(' ') ?? grant.scope;
  const scopes = grant.scope.filter((each) => wanted.includes(each));
  const now = Math.floor(Date.now() / 1000);
  const { header, payload } = accessToken({
    issuer,
    api,
    subject: `${clientId}@clients`,
    clientId,
    scopes,
    permissions: scopes,
    id: randomBytes(16).toString('base64url'),
    issuedAt: now,
    expiresAt: now + api.token_lifetime,
    machine: true,
  });
  return {
    status: 200,
    body: {
      access_token: await new SignJWT(payload)
        .setProtectedHeader({ ...header, alg: 'RS256', kid: key.kid })
        .sign(key.privateKey),
      token_type: 'Bearer',
      expires_in: api.token_lifetime,
      scope: scopes.join(' '),
    },
  };
}

/** Adds the credentials of an HTTP Basic header to the fields of a token request (RFC 6749 §2.3.1). */
export function withBasic(
  fields: Record<string, string>,
  authorization = '',
): Record<string, string> {
  const [, encoded] = /^Basic (\S+)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return fields;
  const pair = Buffer.from(encoded, 'base64').toString();
  const colon = pair.indexOf(':');
  return { ...fields, client_id: pair.slice(0, colon), client_secret: pair.slice(colon + 1) };
}
