import type { ClientGrant, Connection, Grantee, ManagementApi } from './management.ts';

interface Remembered<K, T> {
  get(key: K): Promise<T>;
  forget(key: K): void;
}

function remember<K, T>(read: (key: K) => Promise<T>): Remembered<K, T> {
  const known = new Map<K, Promise<T>>();
  return {
    get(key) {
      const found = known.get(key) ?? read(key);
      known.set(key, found);
      return found;
    },
    forget: (key) => void known.delete(key),
  };
}

/** What one delivery or one sweep has read of the tenant: each thing once, until it is changed. */
export interface Lookups {
  /** By name. */
  readonly connections: Remembered<string, Connection | undefined>;
  /** Ids of the clients, by connection id. */
  readonly enabled: Remembered<string, ReadonlySet<string>>;
  /** Grants to the audience, by client id; `default` = the one for all third-party clients. */
  readonly grants: Remembered<string, readonly ClientGrant[]>;
}

/** The key of the grant that all third-party clients share. */
export const everybody = 'default';

export const granteeOf = (key: string): Grantee =>
  key === everybody ? { default_for: 'third_party_clients' } : { client_id: key };

/**
 * Fresh lookups. `wide` reads the grants of all clients at once: fewer requests for a sweep,
 * more for a single client.
 */
export function createLookups(api: ManagementApi, audience: string, wide: boolean): Lookups {
  const changed = new Set<string>();
  const all = remember(() => api.listGrants(audience));
  const grants = remember(async (key: string) => {
    const narrow = !wide || key === everybody || changed.has(key);
    if (narrow) return api.listGrants(audience, granteeOf(key));
    return (await all.get(undefined)).filter((grant) => grant.clientId === key);
  });
  return {
    connections: remember((name) => api.findConnection(name)),
    enabled: remember((id) => api.listEnabledClients(id)),
    grants: {
      get: grants.get,
      forget(key) {
        changed.add(key);
        grants.forget(key);
      },
    },
  };
}
