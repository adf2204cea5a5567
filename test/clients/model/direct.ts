import { clientConnectionRoutes } from '../../../examples/tenant/management/client-connections.ts';
import { clientGrantRoutes } from '../../../examples/tenant/management/client-grants.ts';
import { clientRoutes } from '../../../examples/tenant/management/clients.ts';
import { connectionRoutes } from '../../../examples/tenant/management/connections.ts';
import { enabledClientRoutes } from '../../../examples/tenant/management/enabled-clients.ts';
import { Refusal } from '../../../examples/tenant/management/refusal.ts';
import { findRoute } from '../../../examples/tenant/management/route.ts';
import type { State } from '../../../examples/tenant/state.ts';
import type { TenantClient } from '../../../src/clients/client.ts';
import { callFailure, type Operation } from '../../../src/clients/failure.ts';
import type { ClientGrant, Connection, PromotionApi } from '../../../src/clients/management.ts';

const routes = [
  ...clientRoutes,
  ...clientConnectionRoutes,
  ...clientGrantRoutes,
  ...connectionRoutes,
  ...enabledClientRoutes,
];

/** One request: whatever stands between the caller and the tenant decides how it goes. */
export type Pass = <T>(operation: Operation, ask: () => T) => Promise<T>;

interface Ids {
  id: string;
  client_id?: string;
}

type RawGrant = Ids & { scope: string[] };
type RawConnection = Ids & { is_domain_connection: boolean };

const grantOf = ({ id, client_id: clientId, scope }: RawGrant): ClientGrant => ({
  id,
  clientId,
  scope,
  allScopes: false,
});

const connectionOf = ({ id, is_domain_connection: isDomain }: RawConnection): Connection => ({
  id,
  isDomain,
});

/** The endpoints of the pretend tenant themselves, without HTTP between: thousands of runs a minute. */
export function directApi(state: State, pass: Pass): PromotionApi {
  function ask<T>(
    operation: Operation,
    request: string,
    { query = {}, body }: { query?: Record<string, string>; body?: unknown } = {},
  ): Promise<T> {
    const [method = '', path = ''] = request.split(' ');
    return pass(operation, () => {
      const found = findRoute(routes, method, path);
      if (found === undefined) throw new Error(`no such endpoint: ${request}`);
      const { route, id } = found;
      try {
        const call = { state, id, query: new URLSearchParams(query), body, caller: 'gateway' };
        const answer = route.run(call);
        if (answer instanceof Promise) throw new Error(`takes its time: ${request}`);
        return structuredClone(answer.body) as T;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        throw callFailure(operation, error.statusCode, error.message);
      }
    });
  }

  async function listClients(): Promise<TenantClient[]> {
    const all: TenantClient[] = [];
    for (let page = 0; ; page += 1) {
      const query = { per_page: '100', page: String(page) };
      const some = await ask<TenantClient[]>('client_list', 'GET /clients', { query });
      all.push(...some);
      if (some.length < 100) return all;
    }
  }

  return {
    listClients,
    getClient: (id) => ask('client', `GET /clients/${id}`),
    async findClients(ids) {
      const wanted = (await listClients()).filter((client) => ids.has(client.client_id));
      return new Map(wanted.map((client) => [client.client_id, client]));
    },
    updateClient: (id, body) => ask('promote', `PATCH /clients/${id}`, { body }),
    async findConnection(name) {
      const query = { name };
      const found = await ask<RawConnection[]>('conn_lookup', 'GET /connections', { query });
      return found.map(connectionOf)[0];
    },
    async makeDomainConnection(id) {
      const body = { is_domain_connection: true };
      return connectionOf(await ask('conn_domain', `PATCH /connections/${id}`, { body }));
    },
    async listEnabledClients(id) {
      const path = `GET /connections/${id}/clients`;
      const { clients } = await ask<{ clients: Ids[] }>('conn_lookup', path, {
        query: { take: '100' },
      });
      return new Set(clients.map((each) => String(each.client_id)));
    },
    async listConnectionsOf(id) {
      const path = `GET /clients/${id}/connections`;
      const { connections } = await ask<{ connections: Ids[] }>('conn_lookup', path, {
        query: { take: '100' },
      });
      return new Set(connections.map((each) => each.id));
    },
    enableConnection: (id, client_id) =>
      ask('conn_enable', `PATCH /connections/${id}/clients`, {
        body: [{ client_id, status: true }],
      }),
    async listGrants(audience, grantee) {
      const query = { audience, subject_type: 'user', per_page: '100', ...grantee };
      return (await ask<RawGrant[]>('grant_lookup', 'GET /client-grants', { query })).map(grantOf);
    },
    async createGrant(grantee, audience, scope) {
      const body = { ...grantee, audience, scope: [...scope], subject_type: 'user' };
      return grantOf(await ask('grant', 'POST /client-grants', { body }));
    },
    async updateGrant(id, scope) {
      const body = { scope: [...scope] };
      return grantOf(await ask('grant', `PATCH /client-grants/${id}`, { body }));
    },
  };
}
