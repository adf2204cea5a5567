import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { type Credentials, logIn } from '../../../../examples/tenant/oauth/login.ts';
import { createOAuth } from '../../../../examples/tenant/oauth/mount.ts';
import {
  type Client,
  emptyState,
  type SecurityMode,
  type State,
} from '../../../../examples/tenant/state.ts';

export const audience = 'https://gateway.test/mcp';
export const redirectUri = 'https://chatgpt.com/connector_platform_oauth_redirect';
export const alice: Credentials = { username: 'alice@example.com', password: 'correct horse' };
export const bob: Credentials = { username: 'bob@example.com', password: 'correct horse' };

type Fields = Record<string, string>;

export interface Served {
  state: State;
  origin: string;
  issuer: string;
  /** POST of a form; the answer's JSON is in `body`. */
  post: (path: string, fields: Fields, headers?: Fields) => Promise<Reply>;
  /** POST of JSON. */
  postJson: (path: string, value: unknown) => Promise<Reply>;
}

export interface Reply {
  status: number;
  body: Record<string, unknown>;
}

/** A prepared tenant: DCR, an API with RBAC, alice (all permissions) and bob (none), one domain connection. */
export function preparedState(mode: SecurityMode): State {
  const state = emptyState(mode);
  Object.assign(state.settings, {
    flags: { enable_dynamic_client_registration: true },
    resource_parameter_profile: 'compatibility',
    authorization_response_iss_parameter_supported: true,
  });
  state.apis.set(audience, {
    id: 'api_1',
    identifier: audience,
    name: 'Gateway',
    scopes: [{ value: 'events:read' }, { value: 'events:write' }],
    signing_alg: 'RS256',
    enforce_policies: true,
    token_dialect: 'access_token_authz',
    token_lifetime: 3600,
    allow_offline_access: true,
  });
  state.connections.set('con_1', {
    id: 'con_1',
    name: 'google-oauth2',
    strategy: 'google-oauth2',
    is_domain_connection: true,
    options: {},
    enabledFor: new Set(),
  });
  const permitted: Record<string, Record<string, string[]>> = {
    alice: { [audience]: ['events:read', 'events:write'] },
    bob: {},
  };
  for (const [name, permissions] of Object.entries(permitted)) {
    const user_id = `auth0|${name}`;
    const email = `${name}@example.com`;
    state.people.set(user_id, { user_id, email, name, password: 'correct horse', permissions });
  }
  return state;
}

/** The default client grant for strict clients. */
export function allowStrict(state: State, scope = ['events:read', 'events:write']): void {
  state.clientGrants.set('cgr_default', {
    id: 'cgr_default',
    default_for: 'third_party_clients',
    audience,
    scope,
    subject_type: 'user',
  });
}

/** A real server on a free port around createOAuth, stopped at the end of the test. */
export async function serve(t: Test, state: State): Promise<Served> {
  const server = createServer((req, res) => oauth.handle(req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const oauth = await createOAuth(state, `${origin}/`);
  const send = async (path: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(origin + path, { method: 'POST', ...init });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
  return {
    state,
    origin,
    issuer: `${origin}/`,
    post: (path, fields, headers = {}) =>
      send(path, { body: new URLSearchParams(fields), headers }),
    postJson: (path, value) =>
      send(path, {
        body: JSON.stringify(value),
        headers: { 'content-type': 'application/json' },
      }),
  };
}

/** Registers a public client as ChatGPT does; more metadata may be given. */
export async function registerClient(tenant: Served, more: object = {}): Promise<Client> {
  const { body } = await tenant.postJson('/oidc/register', {
    client_name: 'ChatGPT',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
    ...more,
  });
  const client = tenant.state.clients.get(String(body['client_id']));
  if (client === undefined) throw new Error(JSON.stringify(body));
  return client;
}

/** Makes a permissive client first-party with a connection, as promotion does. */
export function promote(state: State, client: Client): void {
  client.is_first_party = true;
  for (const { enabledFor } of state.connections.values()) enabledFor.add(client.client_id);
}

export interface Request {
  url: string;
  verifier: string;
}

/** An authorization request with PKCE for the API; a parameter that is `''` is left out. */
export function request(tenant: Served, client: Client, more: Fields = {}): Request {
  const verifier = randomBytes(32).toString('base64url');
  const fields: Fields = {
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'xyz',
    scope: 'events:read offline_access',
    resource: audience,
    ...more,
  };
  const present = Object.entries(fields).filter(([, value]) => value !== '');
  const url = `${tenant.origin}/authorize?${new URLSearchParams(present)}`;
  return { url, verifier };
}

/** Logs in and exchanges the code. */
export async function obtain(
  tenant: Served,
  client: Client,
  more: Fields = {},
  person = alice,
): Promise<Reply> {
  const { url, verifier } = request(tenant, client, more);
  const back = await logIn(url, person);
  const code = back.searchParams.get('code');
  if (code === null) throw new Error(back.href);
  return exchange(tenant, client, { code, code_verifier: verifier });
}

/** Exchanges a code (or, with other fields, whatever they say) at the token endpoint. */
export function exchange(tenant: Served, client: Client, fields: Fields): Promise<Reply> {
  return tenant.post('/oauth/token', {
    grant_type: 'authorization_code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    ...fields,
  });
}
