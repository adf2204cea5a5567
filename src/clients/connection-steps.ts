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
  isDone: async (promotion) => (await find(promotion, name)).isDomain,
  async apply(promotion) {
    const { id } = await find(promotion, name);
    await promotion.api.makeDomainConnection(id);
    promotion.lookups.connections.forget(name);
  },
});

/** Enables the connection for this one client. */
export const enableStep = (name: string): Step => ({
  notKept: 'conn_not_kept',
  async isDone(promotion) {
    const { id } = await find(promotion, name);
    const enabled = await promotion.lookups.enabled.get(id);
    return enabled.has(promotion.client.client_id);
  },
  async apply(promotion) {
    const { id } = await find(promotion, name);
    await promotion.api.enableConnection(id, promotion.client.client_id);
    promotion.lookups.enabled.forget(id);
  },
});
