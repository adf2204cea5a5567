import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import type { Client, State } from '../state.ts';
import { findClient } from './access.ts';

/** The client as oidc-provider wants it. Its redirect URIs are checked against the tenant's own (provider.ts). */
function clientMetadata(client: Client, id: string): AdapterPayload {
  return {
    client_id: id,
    ...(client.client_secret === undefined ? {} : { client_secret: client.client_secret }),
    client_name: client.name,
    redirect_uris: ['https://see.the.tenant.invalid/'],
    response_types: ['code'],
    response_modes: ['query'],
    grant_types: client.grant_types.filter((grant) =>
      ['authorization_code', 'refresh_token'].includes(grant),
    ),
    token_endpoint_auth_method: client.token_endpoint_auth_method,
    id_token_signed_response_alg: 'RS256',
  };
}

/**
 * Where oidc-provider keeps codes, sessions, grants and refresh tokens: in memory, for as long as the tenant
 * lives, also when a new signing key makes a new provider. Clients come from the tenant at every look.
 */
export function createStore(state: State): AdapterFactory {
  const { kept } = state;
  return (model: string): Adapter => {
    const key = (id: string) => `${model}:${id}`;
    const find = async (id: string) => {
      if (model !== 'Client') return kept.get(key(id));
      const client = findClient(state, id);
      return client && clientMetadata(client, id);
    };
    return {
      find,
      findByUid: async (uid) => {
        const own = [...kept].filter(([id]) => id.startsWith(key('')));
        return own.map(([, payload]) => payload).find((payload) => payload.uid === uid);
      },
      findByUserCode: find,
      upsert: async (id, payload) => {
        kept.set(key(id), payload);
      },
      consume: async (id) => {
        const payload = kept.get(key(id));
        kept.set(key(id), { ...payload, consumed: Math.floor(Date.now() / 1000) });
      },
      destroy: async (id) => {
        kept.delete(key(id));
      },
      revokeByGrantId: async (grantId) => {
        for (const [id, payload] of kept) {
          if (id.startsWith(key('')) && payload.grantId === grantId) kept.delete(id);
        }
      },
    };
  };
}
