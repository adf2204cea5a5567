import type { TenantClient } from './client.ts';
import type { Lookups } from './lookups.ts';
import type { ManagementApi } from './management.ts';

/** What the steps of one promotion share. */
export interface Promotion {
  readonly api: ManagementApi;
  readonly lookups: Lookups;
  readonly now: Date;
  /** As it was read last. */
  client: TenantClient;
}

/** One change to the tenant: idempotent, and read back after it was made. */
export interface Step {
  /** The code when Auth0 takes the change and does not keep it. */
  readonly notKept: string;
  /** True when there is nothing (more) to do. */
  isDone(promotion: Promotion): Promise<boolean>;
  apply(promotion: Promotion): Promise<void>;
}
