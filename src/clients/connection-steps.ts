import { Failure } from './failure.ts';
import type { Connection } from './management.ts';
import type { Promotion, Step } from './step.ts';

async function find({ lookups }: Promotion, name: string): Promise<Connection> {
  const connection = await lookups.connections.get(name);
  if (connection) return connection;
  throw new Failure('conn_not_found', `The tenant has no connection named ${name}`, {
    fix: 'Set LOGIN_CONNECTIONS to names of connections of the tenant.',
  });
}

/** Makes the connection one that every third-party client may use: strict ones know no other. */
export const domainStep = (name: string): Step => ({
  notKept: 'conn_not_kept',
  isKnown: () => true,
  isDone: async (promotion) => (await find(promotion, name)).isDomain,
  async apply(promotion) {
    const { id } = await find(promotion, name);
    promotion.lookups.connections.set(name, await promotion.api.makeDomainConnection(id));
  },
});

/** Enables the connection for this one client. */
export const enableStep = (name: string): Step => ({
  notKept: 'conn_not_kept',
  isKnown: ({ lookups, client }) => lookups.enabled.known(client.client_id),
  async isDone(promotion) {
    const { id } = await find(promotion, name);
    return promotion.lookups.enabled.has(id, promotion.client.client_id);
  },
  async apply(promotion) {
    const { api, lookups, client } = promotion;
    const { id } = await find(promotion, name);
    await api.enableConnection(id, client.client_id);
    lookups.enabled.forget(client.client_id);
  },
});
