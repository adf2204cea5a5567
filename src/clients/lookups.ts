import type { TenantClient } from './client.ts';
import type { ClientGrant, Connection, Grantee, PromotionApi } from './management.ts';
import type { Recent } from './recent.ts';

interface Remembered<K, T> {
  get(key: K): Promise<T>;
  /** Without a request. */
  known(key: K): Promise<T> | undefined;
  set(key: K, value: T): void;
  forget(key: K): void;
}

function remember<K, T>(read: (key: K) => Promise<T>): Remembered<K, T> {
  const all = new Map<K, Promise<T>>();
  return {
    get(key) {
      const found = all.get(key) ?? read(key);
      all.set(key, found);
      return found;
    },
    known: (key) => all.get(key),
    set: (key, value) => void all.set(key, Promise.resolve(value)),
    forget: (key) => void all.delete(key),
  };
}

/** What one delivery or one sweep has read of the tenant: each thing once, until it is changed. */
export interface Lookups {
  readonly clients: Reader;
  /** By name. */
  readonly connections: Pick<Remembered<string, Connection | undefined>, 'get' | 'set'>;
  readonly enabled: Enabled;
  /** Grants to the audience, by client id; `default` = the one for all third-party clients. */
  readonly grants: Remembered<string, readonly ClientGrant[]>;
}

/** Reads the clients a delivery tells of: many of them by the list, few one by one. */
export interface Reader {
  /** Says that the client will be read. */
  want(clientId: string): void;
  get(clientId: string): Promise<TenantClient>;
}

/** From so many clients on the tenant's list is read instead, two of them to a page at the worst. */
const many = 4;

function createReader(api: PromotionApi): Reader {
  const wanted = new Set<string>();
  let listed: Promise<ReadonlyMap<string, TenantClient>> | undefined;
  return {
    want: (id) => void wanted.add(id),
    async get(id) {
      // All that a delivery tells of is wanted before any of it is read.
      await Promise.resolve();
      if (wanted.size < many) return api.getClient(id);
      listed ??= api.findClients(wanted, wanted.size / 2);
      return (await listed).get(id) ?? api.getClient(id);
    },
  };
}

/** Which connections are enabled for a client. */
export interface Enabled {
  /** True when it can be told without a request for this client alone. */
  known(clientId: string): boolean;
  has(connectionId: string, clientId: string): Promise<boolean>;
  forget(clientId: string): void;
}

function createEnabled(api: PromotionApi, wide: boolean): Enabled {
  const changed = new Set<string>();
  const clientsOf = remember((connectionId: string) => api.listEnabledClients(connectionId));
  const connectionsOf = remember((clientId: string) => api.listConnectionsOf(clientId));
  return {
    known: (clientId) => wide || connectionsOf.known(clientId) !== undefined,
    async has(connectionId, clientId) {
      if (wide && !changed.has(clientId)) {
        return (await clientsOf.get(connectionId)).has(clientId);
      }
      return (await connectionsOf.get(clientId)).has(connectionId);
    },
    forget(clientId) {
      changed.add(clientId);
      connectionsOf.forget(clientId);
    },
  };
}

/** The key of the grant that all third-party clients share. */
export const everybody = 'default';

export const granteeOf = (key: string): Grantee =>
  key === everybody ? { default_for: 'third_party_clients' } : { client_id: key };

function createGrants(api: PromotionApi, audience: string, wide: boolean): Lookups['grants'] {
  const changed = new Set<string>();
  const all = remember(() => api.listGrants(audience));
  const byKey = remember(async (key: string) => {
    const narrow = !wide || key === everybody || changed.has(key);
    if (narrow) return api.listGrants(audience, granteeOf(key));
    return (await all.get(undefined)).filter((grant) => grant.clientId === key);
  });
  return {
    ...byKey,
    known: (key) => byKey.known(key) ?? (wide && !changed.has(key) ? byKey.get(key) : undefined),
    forget(key) {
      changed.add(key);
      byKey.forget(key);
    },
  };
}

/** Connections found lately, by name; outlives a delivery. */
export type KnownConnections = Recent<Connection>;

/**
 * Fresh lookups. `wide` reads the grants and the enabled clients of all at once: fewer requests for
 * a sweep, more for a single client. A sweep believes nothing that was read before it.
 */
export function createLookups(
  api: PromotionApi,
  audience: string,
  wide: boolean,
  connections: KnownConnections,
): Lookups {
  const byName = remember(async (name: string) => {
    const lately = wide ? undefined : connections.get(name);
    if (lately) return lately;
    const found = await api.findConnection(name);
    if (found) connections.set(name, found);
    return found;
  });
  return {
    clients: createReader(api),
    connections: {
      get: byName.get,
      set(name, connection) {
        byName.set(name, connection);
        if (connection) connections.set(name, connection);
      },
    },
    enabled: createEnabled(api, wide),
    grants: createGrants(api, audience, wide),
  };
}
