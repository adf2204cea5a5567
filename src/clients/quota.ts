import type { TenantClient } from './client.ts';
import type { Log } from './record.ts';

/** How full the tenant is. */
export interface Quota {
  /** Applications, Auth0's own placeholder not counted. */
  readonly clients: number;
  /** What the plan allows; 0 = unknown. */
  readonly limit: number;
  /** The highest of the warning levels that is reached, in percent. */
  readonly level: 0 | 70 | 90;
}

/** Measures the `all` clients of the tenant against TENANT_CLIENT_LIMIT. */
export function quotaOf(all: readonly TenantClient[], limit: number): Quota {
  const clients = all.filter((client) => !client.global).length;
  const share = limit === 0 ? 0 : clients / limit;
  return { clients, limit, level: share >= 0.9 ? 90 : share >= 0.7 ? 70 : 0 };
}

/** Counts at each sweep, and warns when a level is reached, once. */
export function createQuotaMeter(
  limit: number,
  measure: (quota: Quota) => void,
  log: Pick<Log, 'warn'>,
): (all: readonly TenantClient[]) => Promise<void> {
  let before = 0;
  return async (all) => {
    const quota = quotaOf(all, limit);
    measure(quota);
    if (quota.level > before) {
      log.warn(quota, `the tenant holds ${quota.clients} of ${limit} applications`);
    }
    before = quota.level;
  };
}
