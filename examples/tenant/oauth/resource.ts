import { randomBytes } from 'node:crypto';
import { errors, type ResourceServer } from 'oidc-provider';
import type { Api, Client, Person, State } from '../state.ts';
import { oidcScopes, permittedScopes, ungranted } from './access.ts';

const prefix = 'urn:api:';

/** What oidc-provider calls an API: an absolute URI whatever the identifier; none = userinfo only. */
export const resourceOf = (identifier = ''): string => prefix + encodeURIComponent(identifier);

/** The API behind a name made by resourceOf. */
export const apiOf = (state: State, resource: string): Api | undefined =>
  state.apis.get(decodeURIComponent(resource.slice(prefix.length)));

/** A secret only this tenant knows: it encrypts the tokens nobody else is to read. 32 bytes (A256GCM). */
export const newSecret = (): Buffer => randomBytes(32);

/**
 * How a token for a resource is made: signed RS256 for an API; without an API encrypted (`dir`, `A256GCM`),
 * which is all that a request without audience gets. With a person the scopes are those RBAC leaves.
 * Throws unauthorized_client when the client's grant has gone, invalid_target when the API has.
 */
export function resourceServer(
  state: State,
  issuer: string,
  secret: Buffer,
  request: { resource: string; client: Client | undefined; person: Person | undefined },
): ResourceServer {
  const { resource, client, person } = request;
  if (resource === resourceOf()) {
    return {
      scope: [...oidcScopes, 'offline_access'].join(' '),
      audience: `${issuer}userinfo`,
      accessTokenFormat: 'jwt',
      accessTokenTTL: 86_400,
      jwt: { sign: false, encrypt: { alg: 'dir', enc: 'A256GCM', key: secret } },
    };
  }
  const api = apiOf(state, resource);
  if (api === undefined || client === undefined) {
    throw new errors.InvalidTarget('Service not found');
  }
  const scopes = permittedScopes(state, client, api, person);
  if (scopes === undefined) {
    throw new errors.UnauthorizedClient(ungranted(client, api.identifier));
  }
  return {
    scope: scopes.join(' '),
    audience: api.identifier,
    accessTokenFormat: 'jwt',
    accessTokenTTL: api.token_lifetime,
    jwt: { sign: { alg: 'RS256' } },
  };
}
