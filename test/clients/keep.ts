import type { Test } from 'tap';
import type { Client } from '../../examples/tenant/state.ts';
import { createKeeper, type Keeper } from '../../src/clients/keeper.ts';
import type { ManagementApi } from '../../src/clients/management.ts';
import { createUsage, type Usage } from '../../src/clients/usage.ts';
import { connect } from '../examples/tenant/connect.ts';
import { audience, type Rig, type RigOptions, rig, scopes } from './rig.ts';

const dayMs = 86_400_000;

export interface Kept extends Rig {
  readonly keeper: Keeper;
  /** One of its own, quick. */
  readonly usage: Usage;
  /** Resolves with the id of the next client something is noted on. */
  noted(): Promise<string>;
  /** Registers and promotes as ChatGPT; what is written in `client_metadata` besides. */
  promoted(metadata?: Record<string, string>): Promise<Client>;
  /** Lets days pass for the gateway, not for the tenant. */
  pass(days: number): void;
  /** A person connects: consent and refresh token are on record. */
  login(client: Client): Promise<void>;
  /** What the log says of unused clients. */
  retirements(): unknown[];
}

/** A keeper of a pretend tenant's clients, with a clock of its own. */
export async function keep(
  t: Test,
  options: Omit<RigOptions, 'now'> & {
    dryRun?: boolean;
    through?: (api: ManagementApi) => ManagementApi;
  } = {},
): Promise<Kept> {
  let later = 0;
  const now = () => Date.now() + later;
  const base = await rig(t, { ...options, now });
  const { config, log, counted, tenant } = base;
  let onNote = (_id: string) => {};
  const through = (options.through ?? ((same) => same))(base.api);
  const api: ManagementApi = {
    ...through,
    note: (id, metadata) => through.note(id, metadata).finally(() => onNote(id)),
  };
  const keeper = createKeeper(api, {
    config,
    catalog: { scopes },
    log,
    now,
    dryRun: options.dryRun ?? false,
    metrics: {
      ...base.metrics,
      retired: (outcome, reason) => counted.push(`retired ${outcome} ${reason}`),
      quota: ({ clients, limit, level }) => counted.push(`quota ${clients}/${limit} ${level}`),
      dcr: (inUse) => counted.push(`dcr ${inUse}`),
      foreign: (found) => counted.push(`foreign ${found}`),
    },
  });
  t.teardown(keeper.stop);
  return {
    ...base,
    keeper,
    usage: createUsage(api, log, now, 1),
    noted() {
      const { promise, resolve } = Promise.withResolvers<string>();
      onNote = resolve;
      return promise;
    },
    async promoted(metadata = {}) {
      const client = await base.register();
      const { clients } = base;
      await clients.fromList(await base.api.getClient(client.client_id), clients.lookups(false));
      client.client_metadata = { ...client.client_metadata, ...metadata };
      return client;
    },
    pass(days) {
      later += days * dayMs;
    },
    login: async ({ client_id }) =>
      void (await connect(tenant, client_id, audience, 'events:read offline_access')),
    retirements: () => base.lines.filter(({ message }) => String(message).startsWith('unused')),
  };
}
