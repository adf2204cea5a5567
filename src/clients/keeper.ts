import { createImport, createRefresh, type ImportDocument } from './cimd.ts';
import { createDcrWatch } from './dcr.ts';
import { within } from './deadline.ts';
import { createDelete } from './delete.ts';
import { createForeign } from './foreign.ts';
import type { ManagementApi } from './management.ts';
import { createQuotaMeter, type Quota } from './quota.ts';
import type { ClientMetrics } from './record.ts';
import { createRetire, createRetireChore, type Retire } from './retire.ts';
import { createSweep, type Sweep } from './sweep.ts';
import { createUsage } from './usage.ts';
import { type Clients, createWork, type Parts } from './work.ts';

export interface KeeperMetrics extends ClientMetrics {
  /** One client nobody used: its outcome, and the reason or code. */
  retired(outcome: string, reason: string): void;
  quota(quota: Quota): void;
  /** Clients of dynamic registration that were used lately. */
  dcr(inUse: number): void;
  /** Clients that registered themselves and are refused. */
  foreign(clients: number): void;
}

/** Everything that is done with the clients of one tenant; the service and the command line share it. */
export interface Keeper {
  readonly api: ManagementApi;
  readonly clients: Clients;
  readonly sweep: Sweep;
  readonly retire: Retire;
  readonly importDocument: ImportDocument;
  /** A token of this client was believed. Never waits, never throws. */
  readonly onCaller: (clientId: string) => void;
  /** Sweeps from now on, in the background. */
  start(): Promise<void>;
  /** Ends the sweeps; what is under way gets a moment. */
  stop(): Promise<void>;
}

export interface KeeperParts extends Parts {
  readonly metrics: KeeperMetrics;
}

/** Milliseconds `stop` waits for uses to be written down. */
const grace = 1000;

/** Puts the room together. Where nothing may change (dry run, PROMOTION=observe), no use is noted either. */
export function createKeeper(api: ManagementApi, parts: KeeperParts): Keeper {
  const { config, log, metrics, now, dryRun = false } = parts;
  const idle = dryRun || config.PROMOTION === 'observe';
  const clients = createWork(api, parts);
  const usage = createUsage(api, log, now);
  const remove = createDelete(api, config.OAUTH_AUDIENCE, log);
  const still = { RETIRE: 'dry-run', FOREIGN_CLIENTS: 'leave' } as const;
  const rules = idle ? { ...config, ...still } : config;
  const count = metrics.retired;
  const retire = createRetire(rules, { api, remove, usage, log, count, now });
  const importDocument = createImport(config, api, clients, now);
  const sweep = createSweep(config, clients, log, [
    createQuotaMeter(config.TENANT_CLIENT_LIMIT, metrics.quota, log),
    ...(idle ? [] : [createRefresh(config, importDocument, log, now)]),
    createDcrWatch(config.PROMOTE_CLIENTS, metrics.dcr, log, now),
    createForeign({ config: rules, api, remove, log, count: metrics.foreign, now }),
    createRetireChore(retire, now),
  ]);
  return {
    api,
    clients,
    sweep,
    retire,
    importDocument,
    onCaller: idle ? () => {} : usage.onCaller,
    start: sweep.start,
    async stop() {
      await Promise.all([sweep.stop(), within(grace, usage.settled())]);
      usage.stop();
    },
  };
}
