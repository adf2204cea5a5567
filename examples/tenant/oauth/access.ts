import type { Api, Client, ClientGrant, Connection, Person, State } from '../state.ts';

/** Scopes of OpenID Connect; a strict third-party client never gets one. */
export const oidcScopes: readonly string[] = ['openid', 'profile', 'email'];

/** Strict third-party clients are restricted more than any other (Auth0, "third-party applications"). */
export const isStrict = (client: Client): boolean =>
  !client.is_first_party && client.third_party_security_mode === 'strict';

/** The client of an id, which for an imported one (CIMD) is the URL of its document. */
export const findClient = (state: State, id: string): Client | undefined =>
  state.clients.get(id) ??
  [...state.clients.values()].find((client) => client.external_client_id === id);

/** The API a request names (`''`: none). `resource` counts in the compatibility profile; `audience` wins. */
export function audienceOf(state: State, params: URLSearchParams): string {
  const { resource_parameter_profile: profile, default_audience: fallback } = state.settings;
  const resource = profile === 'compatibility' ? params.get('resource') : null;
  return params.get('audience') || resource || fallback;
}

/** The grant that lets the client act for users at an API: its own one, which overrides the default for all. */
export function userGrant(state: State, client: Client, audience: string): ClientGrant | undefined {
  const grants = [...state.clientGrants.values()].filter(
    (grant) => grant.audience === audience && grant.subject_type === 'user',
  );
  return (
    grants.find((grant) => grant.client_id === client.client_id) ??
    grants.find((grant) => grant.default_for === 'third_party_clients')
  );
}

/**
 * Every scope a token of this client for this API (none: for userinfo only) may hold.
 * With `person` also RBAC: what the person's roles do not permit is silently left out.
 * Returns undefined when the client needs a client grant it does not have.
 */
export function permittedScopes(
  state: State,
  client: Client,
  api: Api | undefined,
  person?: Person,
): string[] | undefined {
  const strict = isStrict(client);
  const standard = [
    ...(strict ? [] : oidcScopes),
    ...(api === undefined || api.allow_offline_access ? ['offline_access'] : []),
  ];
  if (api === undefined) return standard;
  const grant = userGrant(state, client, api.identifier);
  if (strict && grant === undefined) return undefined;
  const scopes = api.scopes.map((scope) => scope.value);
  const capped = strict ? scopes.filter((scope) => grant?.scope.includes(scope)) : scopes;
  return [...standard, ...permittedTo(person, api, capped)];
}

function permittedTo(person: Person | undefined, api: Api, scopes: string[]): string[] {
  if (person === undefined || !api.enforce_policies) return scopes;
  const permissions = person.permissions[api.identifier] ?? [];
  return scopes.filter((scope) => permissions.includes(scope));
}

/**
 * The connections a person may use to log in to this client. A strict client has those of the domain level only;
 * any other must be enabled on the connection, which for a third-party client must be of the domain level too.
 */
export function usableConnections(state: State, client: Client): Connection[] {
  return [...state.connections.values()].filter((connection) => {
    if (isStrict(client)) return connection.is_domain_connection;
    const enabled = connection.enabledFor.has(client.client_id);
    return enabled && (client.is_first_party || connection.is_domain_connection);
  });
}

/** The person with this user id. */
export const personById = (state: State, id: string): Person | undefined =>
  [...state.people.values()].find((person) => person.user_id === id);

/** The words Auth0 has for a client without the client grant it needs. */
export const ungranted = (client: Client, audience: string): string =>
  `Client "${client.client_id}" is not authorized to access resource server "${audience}".`;
