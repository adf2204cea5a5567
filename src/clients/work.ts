import type { Config } from '../config.ts';
import type { Catalog } from '../tools/catalog.ts';
import { bearsMark, type TenantClient } from './client.ts';
import { decide } from './decide.ts';
import { createLanes } from './lanes.ts';
import { createLookups, type Lookups } from './lookups.ts';
import type { Connection, PromotionApi } from './management.ts';
import { createPromote, failed } from './promote.ts';
import { createRecent } from './recent.ts';
import type { NewClient } from './recognise.ts';
import { type ClientMetrics, createRecord, type Log, type Result } from './record.ts';

/** Takes clients, wherever they come from, to their end: decide, promote, record. */
export interface Clients {
  /** A client the log told of. Never throws; an event that reached its end is not worked on again. */
  fromEvent(event: NewClient, lookups: Lookups): Promise<Result>;
  /** A client of the tenant's list. Never throws. */
  fromList(
    client: TenantClient,
    lookups: Lookups,
    source?: Exclude<Result['source'], 'event'>,
  ): Promise<Result>;
  /** Every client of the tenant. Throws a Failure. */
  list(): Promise<readonly TenantClient[]>;
  /** Fresh ones for a delivery; `wide` ones for a sweep. */
  lookups(wide: boolean): Lookups;
  readonly metrics: ClientMetrics;
}

/**
 * Milliseconds the end of an event is remembered: a delivery too large for its deadline gets further
 * each time it comes again. The smallest plan takes half an hour for a thousand clients.
 */
const remembered = 3_600_000;
const mostRemembered = 50_000;

/** Milliseconds a connection is believed to be as it was read. */
const connectionAge = 60_000;

/** Clients of events that are worked on at a time, whatever number of deliveries they came in. */
const lanes = 4;

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
  /** Decides and tells, as with PROMOTION=observe. */
  readonly dryRun?: boolean;
}

/** The work on the clients of one tenant. On one client only one piece of it runs at a time. */
export function createWork(management: PromotionApi, parts: Parts): Clients {
  const { config, catalog, log, metrics, now, dryRun = false } = parts;
  const { OAUTH_AUDIENCE: audience, GRANTS: grants, loginConnections } = config;
  const promote = createPromote(loginConnections, { audience, scopes: catalog.scopes, grants });
  const record = createRecord(log, metrics);
  const running = new Map<string, Promise<Result>>();
  const ended = createRecent<Result>(remembered, mostRemembered, now);
  const connections = createRecent<Connection>(connectionAge, 100, now);
  const inLane = createLanes(lanes);

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
      if (dryRun || config.PROMOTION === 'observe') {
        return { ...seen, outcome: { outcome: 'observed', retry: false } };
      }
      const fresh = !bearsMark(client, decision.recipe);
      const promotion = { api: management, lookups, now: new Date(now()), fresh, client };
      return { ...seen, outcome: await promote(promotion, decision.recipe) };
    } catch (error) {
      return { ...about, decision: undefined, outcome: failed(error) };
    }
  }

  function once(clientId: string, work: () => Promise<Result>): Promise<Result> {
    const underWay = running.get(clientId);
    if (underWay) return underWay;
    const whole = work().then((result) => {
      running.delete(clientId);
      record(result);
      return result;
    });
    running.set(clientId, whole);
    return whole;
  }

  return {
    async fromEvent({ clientId, logId, name }, lookups) {
      const key = `${clientId} ${logId}`;
      const before = ended.get(key);
      if (before) return again(before);
      lookups.clients.want(clientId);
      const about = { clientId, logId, name, source: 'event' } as const;
      const read = () => lookups.clients.get(clientId);
      const result = await once(clientId, () => inLane(() => finish(about, read, lookups)));
      if (!result.outcome.retry) ended.set(key, result);
      return result;
    },
    fromList(client, lookups, source = 'sweep') {
      const { client_id: clientId, name } = client;
      const about = { clientId, name, source };
      return once(clientId, () => finish(about, async () => client, lookups));
    },
    list: () => management.listClients(),
    lookups: (wide) => createLookups(management, audience, wide, connections),
    metrics,
  };
}
