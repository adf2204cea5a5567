import type { TenantClient } from './client.ts';
import type { Lookups } from './lookups.ts';
import type { PromotionApi } from './management.ts';

/** What the steps of one promotion share. */
export interface Promotion {
  readonly api: PromotionApi;
  readonly lookups: Lookups;
  readonly now: Date;
  /** True when nothing was ever done for the client: what it needs is made without looking first. */
  readonly fresh: boolean;
  /** As it was told last. */
  client: TenantClient;
}

/**
 * One change to the tenant: idempotent, and looked at after it was made, in the answer where it
 * shows what was kept, else by reading it back.
 */
export interface Step {
  /** The code when Auth0 takes the change and does not keep it. */
  readonly notKept: string;
  /** True when `isDone` can tell without a request. */
  isKnown(promotion: Promotion): boolean;
  /** True when there is nothing (more) to do. */
  isDone(promotion: Promotion): Promise<boolean>;
  apply(promotion: Promotion): Promise<void>;
}
