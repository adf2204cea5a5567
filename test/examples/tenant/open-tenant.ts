import { ManagementClient } from 'auth0';
import type { Test } from 'tap';
import type { Client } from '../../../examples/tenant/state.ts';
import { startTenant, type Tenant, type TenantOptions } from '../../../examples/tenant/tenant.ts';

export const api = 'https://api.example.com/';
export const machine = { clientId: 'machine', clientSecret: 'a secret of the tests' };

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON, or the text where it is none. */
  body: unknown;
}

export interface OpenTenant {
  tenant: Tenant;
  /** Auth0's own client of the Management API. */
  management: ManagementClient;
  /** A raw call of the Management API with a token that has every scope. */
  call: (method: string, path: string, body?: unknown) => Promise<Answer>;
}

/** A running tenant that ends with the test, and its callers. */
export async function openTenant(
  t: Test,
  options: Partial<TenantOptions> = {},
): Promise<OpenTenant> {
  const tenant = await startTenant({
    audience: api,
    scopes: ['events:read', 'events:write'],
    management: machine,
    ...options,
  });
  t.teardown(tenant.close);
  const token = tokenOf(tenant);
  return {
    tenant,
    management: managementOf(tenant),
    call: async (method, path, body) =>
      send(method, `${tenant.origin}/api/v2${path}`, body, {
        authorization: `Bearer ${await token()}`,
      }),
  };
}

/** npm auth0 speaks https only: its fetch is pointed at the tenant's own origin. */
const managementOf = (tenant: Tenant): ManagementClient =>
  new ManagementClient({
    domain: tenant.domain,
    ...machine,
    audience: `${tenant.origin}/api/v2/`,
    maxRetries: 0,
    fetch: (input, init) => fetch(String(input).replace(/^https:/, 'http:'), init),
  });

/** One token for all calls of a test. */
function tokenOf({ origin }: Tenant): () => Promise<string> {
  let token: Promise<string> | undefined;
  return () => {
    token ??= newToken(origin);
    return token;
  };
}

/** A fresh token of the Management API with the scopes the machine's grant has now. */
export async function newToken(origin: string): Promise<string> {
  const { body } = await send('POST', `${origin}/oauth/token`, {
    grant_type: 'client_credentials',
    audience: `${origin}/api/v2/`,
    client_id: machine.clientId,
    client_secret: machine.clientSecret,
  });
  return (body as { access_token: string }).access_token;
}

/** One JSON request. */
export async function send(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
}

/** A third-party client as Dynamic Client Registration leaves it, put straight into the state. */
export function addThirdParty(
  { state }: Tenant,
  mode: 'strict' | 'permissive',
  client_id: string,
): Client {
  const client: Client = {
    client_id,
    name: 'ChatGPT',
    is_first_party: false,
    third_party_security_mode: mode,
    external_metadata_type: 'dcr',
    external_metadata_created_by: 'client',
    callbacks: ['https://chatgpt.com/connector_platform_oauth_redirect'],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
    oidc_conformant: true,
    global: false,
  };
  state.clients.set(client_id, client);
  return client;
}
