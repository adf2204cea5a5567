import type { Management, ManagementClient } from 'auth0';
import type { TenantClient } from './client.ts';
import type { Operation } from './failure.ts';

/** What a client ID metadata document would make of a client. */
export interface Preview {
  /** The client that was made of it before. */
  readonly clientId: string | undefined;
  /** Why it cannot be taken; empty when it can. */
  readonly problems: readonly string[];
  readonly fields: Partial<TenantClient>;
}

/** The part of Auth0's Management API that looks after promoted clients. Every method throws a Failure. */
export interface Upkeep {
  /** Everything Auth0 tells of the client, without its secrets. */
  wholeClient(clientId: string): Promise<Readonly<Record<string, unknown>>>;
  /** Deletes the client and its grants; one that is gone already is no error. */
  deleteClient(clientId: string): Promise<void>;
  /** Sets keys of `client_metadata`; null takes one away, the others stay. */
  note(clientId: string, metadata: Readonly<Record<string, string | null>>): Promise<void>;
  /** Whether a person holds a refresh token of the client. */
  hasRefreshTokens(clientId: string): Promise<boolean>;
  /** Whether a person's consent for the client is on record. */
  hasUserGrants(clientId: string): Promise<boolean>;
  /** The client imported from the document at this URL. */
  findByDocument(url: string): Promise<string | undefined>;
  /** Has Auth0 read the document, without a change. */
  previewDocument(url: string): Promise<Preview>;
  /** Makes or renews the client of the document; returns its id. */
  registerDocument(url: string): Promise<string>;
}

type Call = <T>(operation: Operation, run: (sdk: ManagementClient) => Promise<T>) => Promise<T>;

const secrets = ['client_secret', 'signing_keys', 'encryption_key'];

const first = { page: 0, per_page: 1 };

function previewOf(answer: Management.PreviewCimdMetadataResponseContent): Preview {
  const { client_id: clientId, errors, validation, mapped_fields: fields = {} } = answer;
  return {
    clientId: clientId ?? undefined,
    problems: [errors ?? [], validation?.violations ?? []].flat(),
    fields: {
      name: fields.name,
      callbacks: fields.callbacks,
      grant_types: fields.grant_types,
      token_endpoint_auth_method: fields.token_endpoint_auth_method,
    },
  };
}

/** The calls of {@link Upkeep} through Auth0's SDK. */
export const createUpkeep = (call: Call): Upkeep => ({
  wholeClient: (id) =>
    call('client', async (sdk) => {
      const whole = Object.entries(await sdk.clients.get(id));
      return Object.fromEntries(whole.filter(([name]) => !secrets.includes(name)));
    }),
  deleteClient: (id) => call('delete', (sdk) => sdk.clients.delete(id)),
  note: (id, metadata) =>
    call(
      'note',
      async (sdk) => void (await sdk.clients.update(id, { client_metadata: { ...metadata } })),
    ),
  hasRefreshTokens: (client_id) =>
    call('tokens', async (sdk) => {
      // Asked for no type, Auth0 leaves the rotating ones out.
      for (const type of ['rotating_refresh_token', 'refresh_token'] as const) {
        const { data } = await sdk.deviceCredentials.list({ ...first, client_id, type });
        if (data.length > 0) return true;
      }
      return false;
    }),
  hasUserGrants: (client_id) =>
    call('user_grants', async (sdk) => {
      const { data } = await sdk.userGrants.list({ ...first, client_id });
      return data.length > 0;
    }),
  findByDocument: (external_client_id) =>
    call('client_list', async (sdk) => {
      const { data } = await sdk.clients.list({ ...first, external_client_id });
      return data[0]?.client_id;
    }),
  previewDocument: (external_client_id) =>
    call('cimd', async (sdk) =>
      previewOf(await sdk.clients.previewCimdMetadata({ external_client_id })),
    ),
  registerDocument: (external_client_id) =>
    call('cimd', async (sdk) => {
      const { client_id } = await sdk.clients.registerCimdClient({ external_client_id });
      return client_id;
    }),
});
