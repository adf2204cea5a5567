import type { Config } from '../config.ts';
import type { Catalog } from '../tools/catalog.ts';
import { createAuth0 } from './auth0.ts';
import type { TenantClient } from './client.ts';
import { decide } from './decide.ts';
import { createLookups, type Lookups } from './lookups.ts';
import type { ManagementApi } from './management.ts';
import { createPromote, failed } from './promote.ts';
import { createRecent } from './recent.ts';
import type { NewClient } from './recognise.ts';
import { type ClientMetrics, createRecord, type Log, type Result } from './record.ts';

/** Takes clients, wherever they come from, to their end: decide, promote, record. */
export interface Clients {
  /** A client the log told of. Never throws; what ended lately is told from memory. */
  fromEvent(event: NewClient, lookups: Lookups): Promise<Result>;
  /** A client of the tenant's list. Never throws. */
  fromList(client: TenantClient, lookups: Lookups): Promise<Result>;
  /** Every client of the tenant. Throws a Failure. */
  list(): Promise<readonly TenantClient[]>;
  /** Fresh ones for a delivery; `wide` ones for a sweep. */
  lookups(wide: boolean): Lookups;
  readonly metrics: ClientMetrics;
}

/**
 * Milliseconds an end is remembered: a delivery too large for its deadline gets further each time
 * it comes again.
 */
const remembered = 60_000;
const mostRemembered = 10_000;

/** A repeated event finds done what was done before it. */
function again(result: Result): Result {
  if (result.outcome.outcome !== 'promoted') return result;
  return { ...result, outcome: { outcome: 'already', retry: false } };
}

type About = Pick<Result, 'clientId' | 'name' | 'source' | 'logId'>;

/** What the work needs besides the tenant. */
export interface Parts {
  readonly config: Config;
  readonly catalog: Pick<Catalog, 'scopes'>;
  readonly log: Log;
  readonly metrics: ClientMetrics;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** The work on the clients of one tenant. On one client only one piece of it runs at a time. */
export function createWork(management: ManagementApi, parts: Parts): Clients {
  const { config, catalog, log, metrics, now } = parts;
  const { OAUTH_AUDIENCE: audience, GRANTS: grants, loginConnections } = config;
  const promote = createPromote(loginConnections, { audience, scopes: catalog.scopes, grants });
  const record = createRecord(log, metrics);
  const running = new Map<string, Promise<Result>>();
  const ended = createRecent<Result>(remembered, mostRemembered, now);

  async function finish(
    about: About,
    read: () => Promise<TenantClient>,
    lookups: Lookups,
  ): Promise<Result> {
    try {
      const client = await read();
      const seen = { ...about, name: client.name, decision: decide(client, config) };
      const { decision } = seen;
      if (decision.verdict !== 'promote') {
        const outcome = decision.verdict === 'ignore' ? 'ignored' : 'refused';
        return { ...seen, outcome: { outcome, retry: false } };
      }
      if (config.PROMOTION === 'observe') {
        return { ...seen, outcome: { outcome: 'observed', retry: false } };
      }
      const promotion = { api: management, lookups, now: new Date(now()), client };
      return { ...seen, outcome: await promote(promotion, decision.recipe) };
    } catch (error) {
      return { ...about, decision: undefined, outcome: failed(error) };
    }
  }

  function once(
    about: About,
    read: () => Promise<TenantClient>,
    lookups: Lookups,
  ): Promise<Result> {
    const underWay = running.get(about.clientId);
    if (underWay) return underWay;
    const work = finish(about, read, lookups).then((result) => {
      running.delete(about.clientId);
      if (!result.outcome.retry) ended.set(about.clientId, result);
      record(result);
      return result;
    });
    running.set(about.clientId, work);
    return work;
  }

  return {
    async fromEvent({ clientId, logId, name }, lookups) {
      const before = ended.get(clientId);
      if (before) return again(before);
      const about = { clientId, logId, name, source: 'event' } as const;
      return once(about, () => management.getClient(clientId), lookups);
    },
    fromList(client, lookups) {
      const about = { clientId: client.client_id, name: client.name, source: 'sweep' } as const;
      return once(about, async () => client, lookups);
    },
    list: () => management.listClients(),
    lookups: (wide) => createLookups(management, audience, wide),
    metrics,
  };
}

/** The work on the clients of the configured tenant; undefined while promotion is off (no MGMT_*). */
export function createClients(
  config: Config,
  catalog: Pick<Catalog, 'scopes'>,
  log: Log,
  metrics: ClientMetrics,
): Clients | undefined {
  const { management } = config;
  return (
    management &&
    createWork(createAuth0(management), { config, catalog, log, metrics, now: Date.now })
  );
}
