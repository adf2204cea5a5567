import type { TenantClient } from './client.ts';

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
export interface ManagementApi {
  getClient(clientId: string): Promise<TenantClient>;
  /** Every client of the tenant, all pages. */
  listClients(): Promise<readonly TenantClient[]>;
  updateClient(clientId: string, change: ClientChange): Promise<void>;
  findConnection(name: string): Promise<Connection | undefined>;
  makeDomainConnection(connectionId: string): Promise<void>;
  listEnabledClients(connectionId: string): Promise<ReadonlySet<string>>;
  enableConnection(connectionId: string, clientId: string): Promise<void>;
  /** The grants for users to `audience`: a grantee's, or everybody's. */
  listGrants(audience: string, grantee?: Grantee): Promise<readonly ClientGrant[]>;
  createGrant(grantee: Grantee, audience: string, scope: readonly string[]): Promise<void>;
  updateGrant(grantId: string, scope: readonly string[]): Promise<void>;
}
