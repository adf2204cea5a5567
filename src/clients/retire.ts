import type { Config } from '../config.ts';
import type { TenantClient } from './client.ts';
import type { Delete } from './delete.ts';
import { Failure } from './failure.ts';
import type { ManagementApi } from './management.ts';
import { failed } from './promote.ts';
import { createRecent } from './recent.ts';
import type { Log } from './record.ts';
import { type Spared, spare } from './spare.ts';
import { dayOf, lastSeen, type Usage } from './usage.ts';

/** What became of one client that nobody used for long. */
export interface Retirement {
  readonly client_id: string;
  readonly client_name: string | undefined;
  /** The day it was used, or else promoted. */
  readonly last_seen: string;
  readonly outcome: 'deleted' | 'would_delete' | 'spared' | 'failed';
  readonly reason?: Spared;
  /** Of a failure, and of `unknown`: a stable word such as `tokens_http_403`. */
  readonly code?: string;
  readonly error_description?: string;
  readonly fix?: string;
}

export interface RetireParts {
  readonly api: Pick<ManagementApi, 'getClient' | 'hasRefreshTokens' | 'hasUserGrants'>;
  readonly remove: Delete;
  readonly usage: Pick<Usage, 'usedToday'>;
  readonly log: Log;
  readonly count: (outcome: string, reason: string) => void;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Looks at all clients and deletes what is dead. Never throws. */
export type Retire = (
  all: readonly TenantClient[],
  dryRun?: boolean,
) => Promise<readonly Retirement[]>;

type Rules = Pick<Config, 'RETIRE' | 'RETIRE_UNUSED_DAYS' | 'RETIRE_MAX'>;

const why = (error: unknown) => {
  const { code = '', error_description = '', fix } = failed(error);
  return { code, error_description, ...(fix === undefined ? {} : { fix }) };
};

const aboutOf = (client: TenantClient) => ({
  client_id: client.client_id,
  client_name: client.name,
  last_seen: dayOf(lastSeen(client)),
});

/** Puts the deletion of dead clients together; with RETIRE_UNUSED_DAYS=0 nothing is dead. */
export function createRetire(rules: Rules, parts: RetireParts): Retire {
  const { api, remove, usage, log, count, now } = parts;
  const { RETIRE_UNUSED_DAYS: days, RETIRE_MAX: most } = rules;

  const spareNow = (client: TenantClient): Spared | undefined =>
    spare(client, days, now()) ?? (usage.usedToday(client) ? 'in_use' : undefined);

  /** What only the tenant knows: whether a person could still come with a token. */
  async function held(id: string): Promise<Partial<Retirement> & { reason?: Spared }> {
    try {
      if (await api.hasRefreshTokens(id)) return { reason: 'refresh_token' };
      return (await api.hasUserGrants(id)) ? { reason: 'user_grant' } : {};
    } catch (error) {
      return { reason: 'unknown', ...why(error) };
    }
  }

  /** The list may be old by now; a minute ago somebody may have come back. */
  async function again(id: string): Promise<Spared | undefined> {
    try {
      return spareNow(await api.getClient(id));
    } catch (error) {
      if (error instanceof Failure && error.status === 404) return 'gone';
      throw error;
    }
  }

  async function end(client: TenantClient, dry: boolean): Promise<Retirement> {
    const about = aboutOf(client);
    const holder = await held(client.client_id);
    if (holder.reason !== undefined) return { ...about, outcome: 'spared', ...holder };
    if (dry) return { ...about, outcome: 'would_delete' };
    try {
      const reason = await again(client.client_id);
      if (reason !== undefined) return { ...about, outcome: 'spared', reason };
      await remove(client.client_id, { why: `unused since ${about.last_seen}`, unused_days: days });
      return { ...about, outcome: 'deleted' };
    } catch (error) {
      return { ...about, outcome: 'failed', ...why(error) };
    }
  }

  function tell(retirement: Retirement): void {
    const { outcome, reason, code = '' } = retirement;
    count(outcome, reason ?? code);
    log[outcome === 'failed' ? 'error' : 'info'](retirement, `unused client ${outcome}`);
  }

  return async (all, dryRun = rules.RETIRE === 'dry-run') => {
    if (days === 0) return [];
    const due = all.filter((client) => spareNow(client) === undefined);
    due.sort((a, b) => lastSeen(a) - lastSeen(b));
    const done: Retirement[] = [];
    let deleted = 0;
    for (const client of due) {
      if (deleted === most) {
        done.push({ ...aboutOf(client), outcome: 'spared', reason: 'enough' });
        continue;
      }
      const retirement = await end(client, dryRun);
      if (retirement.outcome === 'deleted') deleted += 1;
      tell(retirement);
      done.push(retirement);
    }
    return done;
  };
}

/** Milliseconds a client that was spared is not looked at again: the tenant's rate limit is small. */
const lookedAt = 86_400_000;
const mostRemembered = 10_000;

/** The same for each sweep: a client that was spared is left alone for a day. */
export function createRetireChore(
  retire: Retire,
  now: () => number,
): (all: readonly TenantClient[]) => Promise<void> {
  const lately = createRecent<true>(lookedAt, mostRemembered, now);
  return async (all) => {
    const open = all.filter(({ client_id }) => !lately.get(client_id));
    for (const { client_id, reason } of await retire(open)) {
      if (reason !== 'enough') lately.set(client_id, true);
    }
  };
}
