import type { TenantClient } from './client.ts';
import type { Upkeep } from './upkeep.ts';

export interface Connection {
  readonly id: string;
  readonly isDomain: boolean;
}

/** Whose the grant is: one client's own, or every third-party client's. */
export type Grantee =
  | { readonly client_id: string }
  | { readonly default_for: 'third_party_clients' };

export interface ClientGrant {
  readonly id: string;
  readonly clientId: string | undefined;
  readonly scope: readonly string[];
  readonly allScopes: boolean;
}

/** What promotion changes of a client; fields left out stay as they are. */
export interface ClientChange {
  is_first_party?: true;
  token_endpoint_auth_method?: 'none';
  grant_types?: string[];
  jwt_configuration?: { alg: 'RS256' };
  client_metadata?: Record<string, string>;
}

/** The part of Auth0's Management API promotion needs. Every method throws {@link Failure}. */
export interface PromotionApi {
  getClient(clientId: string): Promise<TenantClient>;
  /** Every client of the tenant, all pages. */
  listClients(): Promise<readonly TenantClient[]>;
  /** Those of `ids` that are among the first so many pages (100) of third-party clients. */
  findClients(ids: ReadonlySet<string>, pages: number): Promise<ReadonlyMap<string, TenantClient>>;
  /** Writing answers with what was kept. */
  updateClient(clientId: string, change: ClientChange): Promise<TenantClient>;
  findConnection(name: string): Promise<Connection | undefined>;
  makeDomainConnection(connectionId: string): Promise<Connection>;
  /** Ids of the clients a connection is enabled for. */
  listEnabledClients(connectionId: string): Promise<ReadonlySet<string>>;
  /** Ids of the connections enabled for a client. */
  listConnectionsOf(clientId: string): Promise<ReadonlySet<string>>;
  /** Answers nothing: what was kept has to be read. */
  enableConnection(connectionId: string, clientId: string): Promise<void>;
  /** The grants for users to `audience`: a grantee's, or everybody's. */
  listGrants(audience: string, grantee?: Grantee): Promise<readonly ClientGrant[]>;
  createGrant(grantee: Grantee, audience: string, scope: readonly string[]): Promise<ClientGrant>;
  updateGrant(grantId: string, scope: readonly string[]): Promise<ClientGrant>;
}

/** All of Auth0's Management API that the gateway uses. */
export interface ManagementApi extends PromotionApi, Upkeep {}
