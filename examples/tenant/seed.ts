import { managementAudience } from './management/machine-token.ts';
import { managementScopes } from './management/server.ts';
import type { Api, Person, State } from './state.ts';
import type { TenantOptions } from './tenant.ts';

const password = 'correct horse';

/** Fills an empty tenant with what an operator finds after the first hour: connections, people, an API, a machine client. */
export function seed(state: State, origin: string, options: TenantOptions): void {
  addConnection(state, 'con_pretendGoogle0001', 'google-oauth2', 'google-oauth2');
  addConnection(state, 'con_pretendDatabase01', 'Username-Password-Authentication', 'auth0');
  addPerson(state, 'alice', { [options.audience]: options.scopes });
  addPerson(state, 'bob', {});
  addApi(state, {
    identifier: options.audience,
    name: 'Pretend tools',
    scopes: options.scopes,
    allow_offline_access: true,
  });
  const system = managementAudience(origin);
  addApi(state, {
    identifier: system,
    name: 'Auth0 Management API',
    scopes: [...managementScopes],
    is_system: true,
  });
  addMachine(state, options.management, system);
  if (options.logStream !== undefined) addLogStream(state, options.logStream);
  if (options.prepared ?? true) prepare(state);
}

/** The settings the product tells operators to make before ChatGPT registers itself. */
function prepare({ settings }: State): void {
  settings.flags.enable_dynamic_client_registration = true;
  settings.resource_parameter_profile = 'compatibility';
  settings.authorization_response_iss_parameter_supported = true;
}

function addConnection(state: State, id: string, name: string, strategy: string): void {
  state.connections.set(id, {
    id,
    name,
    strategy,
    is_domain_connection: false,
    options: { scope: ['email', 'profile'], set_user_root_attributes: 'on_each_login' },
    enabledFor: new Set(),
  });
}

function addPerson(state: State, name: string, permissions: Record<string, string[]>): void {
  const user_id = `auth0|pretend-${name}`;
  const person = { user_id, email: `${name}@example.com`, name, password, permissions };
  state.people.set(user_id, person);
}

/** One line on what a person may do. */
export const note = ({ permissions }: Person): string =>
  Object.keys(permissions).length > 0 ? 'has a role with every scope' : 'has no role: no scopes';

type ApiStart = Pick<Api, 'identifier' | 'name'> & { scopes: string[] } & Partial<
    Omit<Api, 'scopes'>
  >;

function addApi(state: State, { scopes, ...rest }: ApiStart): void {
  state.apis.set(rest.identifier, {
    id: `pretendapi${state.apis.size}`,
    scopes: scopes.map((value) => ({ value })),
    signing_alg: 'RS256',
    enforce_policies: true,
    token_dialect: 'access_token_authz',
    token_lifetime: 86_400,
    allow_offline_access: false,
    ...rest,
  });
}

/** The machine-to-machine client of the gateway, with a grant for every scope of the Management API. */
function addMachine(
  state: State,
  { clientId, clientSecret }: TenantOptions['management'],
  audience: string,
): void {
  state.clients.set(clientId, {
    client_id: clientId,
    client_secret: clientSecret,
    name: 'Gateway',
    is_first_party: true,
    callbacks: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
    app_type: 'non_interactive',
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
    oidc_conformant: true,
    global: false,
  });
  const scope = [...managementScopes];
  const id = 'cgr_pretendGateway01';
  state.clientGrants.set(id, { id, client_id: clientId, audience, scope, subject_type: 'client' });
}

function addLogStream(
  state: State,
  { url, authorization, format = 'JSONLINES' }: NonNullable<TenantOptions['logStream']>,
): void {
  const id = 'lst_pretendGateway01';
  state.logStreams.set(id, {
    id,
    name: 'Gateway',
    type: 'http',
    status: 'active',
    sink: {
      httpEndpoint: url,
      httpAuthorization: authorization,
      httpContentFormat: format,
      httpContentType: 'application/json',
    },
  });
}
