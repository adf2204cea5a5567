import type { ManagementClient } from 'auth0';
import type { Management } from '../config.ts';
import type { TenantClient } from './client.ts';
import { callFailure, Failure, type Operation } from './failure.ts';
import type { ClientGrant, Connection, ManagementApi } from './management.ts';
import { createTenantFetch, noAnswer, type Patience, usualPatience } from './tenant-fetch.ts';
import { createUpkeep } from './upkeep.ts';

interface Session {
  readonly sdk: ManagementClient;
  readonly since: number;
}

/** A machine token lives a day and keeps the scopes it was made with; younger ones are believed. */
const renewAfter = 300_000;

function failureOf(operation: Operation, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { statusCode, body, message } = error as {
    statusCode?: number;
    body?: { message?: unknown };
    message?: unknown;
  };
  const status = statusCode === noAnswer ? undefined : statusCode;
  return callFailure(operation, status, String(body?.message ?? message).slice(0, 200));
}

/** The items of all pages. */
async function collect<T>(pages: Promise<AsyncIterable<T>>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of await pages) items.push(item);
  return items;
}

const narrow = (
  client: Omit<TenantClient, 'client_id'> & { client_id?: string | undefined },
): TenantClient => ({
  client_id: String(client.client_id),
  name: client.name,
  created_at: client.created_at,
  global: client.global,
  is_first_party: client.is_first_party,
  third_party_security_mode: client.third_party_security_mode,
  external_metadata_type: client.external_metadata_type,
  external_metadata_created_by: client.external_metadata_created_by,
  external_client_id: client.external_client_id,
  callbacks: client.callbacks,
  web_origins: client.web_origins,
  allowed_origins: client.allowed_origins,
  allowed_logout_urls: client.allowed_logout_urls,
  initiate_login_uri: client.initiate_login_uri,
  grant_types: client.grant_types,
  token_endpoint_auth_method: client.token_endpoint_auth_method,
  jwt_configuration: client.jwt_configuration,
  client_metadata: client.client_metadata,
});

async function findAmong(
  sdk: ManagementClient,
  ids: ReadonlySet<string>,
  pages: number,
): Promise<ReadonlyMap<string, TenantClient>> {
  const found = new Map<string, TenantClient>();
  let page = await sdk.clients.list({ is_first_party: false, per_page: 100 });
  for (let read = 1; ; read += 1) {
    const wanted = page.data.map(narrow).filter((client) => ids.has(client.client_id));
    for (const client of wanted) found.set(client.client_id, client);
    if (found.size === ids.size || read >= pages || !page.hasNextPage()) return found;
    page = await page.getNextPage();
  }
}

const connectionOf = ({
  id,
  is_domain_connection: domain,
}: {
  id?: string | undefined;
  is_domain_connection?: boolean | undefined;
}): Connection => ({ id: String(id), isDomain: domain === true });

const grantOf = (grant: {
  id?: string | undefined;
  client_id?: string | undefined;
  scope?: string[] | undefined;
  allow_all_scopes?: boolean | undefined;
}): ClientGrant => ({
  id: String(grant.id),
  clientId: grant.client_id,
  scope: grant.scope ?? [],
  allScopes: grant.allow_all_scopes === true,
});

/**
 * The Management API of the tenant through Auth0's own SDK, which is loaded on first use (250 ms).
 * A call refused with 401 or 403 is tried once more with a new token if the token is older than
 * five minutes: an operator may have given the scope meanwhile.
 */
export function createAuth0(
  management: Management,
  patience: Patience = usualPatience,
  now: () => number = Date.now,
): ManagementApi {
  const { origin, audience, clientId, clientSecret } = management;
  let current: Promise<Session> | undefined;

  async function open(): Promise<Session> {
    const { ManagementClient } = await import('auth0');
    const sdk = new ManagementClient({
      domain: new URL(origin).host,
      clientId,
      clientSecret,
      audience,
      fetch: createTenantFetch(origin, patience),
      maxRetries: 0,
    });
    return { sdk, since: now() };
  }

  async function call<T>(
    operation: Operation,
    run: (sdk: ManagementClient) => Promise<T>,
  ): Promise<T> {
    current ??= open();
    const session = current;
    const { sdk, since } = await session;
    try {
      return await run(sdk);
    } catch (error) {
      const failure = failureOf(operation, error);
      const denied = failure.status === 401 || failure.status === 403;
      if (!denied || now() - since < renewAfter) throw failure;
      if (current === session) current = undefined;
    }
    return call(operation, run);
  }

  return {
    getClient: (id) => call('client', async (sdk) => narrow(await sdk.clients.get(id))),
    listClients: () =>
      call('client_list', async (sdk) =>
        (await collect(sdk.clients.list({ per_page: 100 }))).map(narrow),
      ),
    findClients: (ids, pages) => call('client_list', (sdk) => findAmong(sdk, ids, pages)),
    updateClient: (id, change) =>
      call('promote', async (sdk) => narrow(await sdk.clients.update(id, change))),
    findConnection: (name) =>
      call('conn_lookup', async (sdk) => {
        const found = await collect(sdk.connections.list({ name }));
        const [connection] = found.filter((each) => each.name === name);
        return connection && connectionOf(connection);
      }),
    // Only the flag: `options` would be replaced whole.
    makeDomainConnection: (id) =>
      call('conn_domain', async (sdk) =>
        connectionOf(await sdk.connections.update(id, { is_domain_connection: true })),
      ),
    listEnabledClients: (id) =>
      call('conn_lookup', async (sdk) => {
        const enabled = await collect(sdk.connections.clients.get(id, { take: 100 }));
        return new Set(enabled.map((each) => each.client_id));
      }),
    listConnectionsOf: (clientId) =>
      call('conn_lookup', async (sdk) => {
        const enabled = await collect(sdk.clients.connections.get(clientId, { take: 100 }));
        return new Set(enabled.map((each) => String(each.id)));
      }),
    enableConnection: (id, client_id) =>
      call('conn_enable', (sdk) =>
        sdk.connections.clients.update(id, [{ client_id, status: true }]),
      ),
    listGrants: (audience, grantee) =>
      call('grant_lookup', async (sdk) => {
        const request = { audience, subject_type: 'user', take: 100, ...grantee } as const;
        return (await collect(sdk.clientGrants.list(request))).map(grantOf);
      }),
    createGrant: (grantee, audience, scope) =>
      call('grant', async (sdk) =>
        grantOf(
          await sdk.clientGrants.create({
            ...grantee,
            audience,
            scope: [...scope],
            subject_type: 'user',
          }),
        ),
      ),
    ...createUpkeep(call),
    updateGrant: (id, scope) =>
      call('grant', async (sdk) =>
        grantOf(await sdk.clientGrants.update(id, { scope: [...scope] })),
      ),
  };
}
