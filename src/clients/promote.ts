import type { Recipe } from './client.ts';
import { clientStep } from './client-step.ts';
import { domainStep, enableStep } from './connection-steps.ts';
import { Failure } from './failure.ts';
import { type Access, grantStep } from './grant-step.ts';
import type { Promotion, Step } from './step.ts';

/** How a client's way ended, or why it did not. */
export interface Outcome {
  readonly outcome: 'promoted' | 'already' | 'observed' | 'ignored' | 'refused' | 'failed';
  /** True when the same may succeed later; false = this is an end. */
  readonly retry: boolean;
  /** Of a failure: a stable word such as `conn_lookup_http_403`. */
  readonly code?: string;
  /** Of a failure: what Auth0 said. */
  readonly error_description?: string;
  /** Of a failure: what an operator should do. */
  readonly fix?: string;
}

/** What a failure means for its client; an error that is none of ours is final, and a bug. */
export function failed(error: unknown): Outcome {
  const error_description = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Failure)) {
    return { outcome: 'failed', retry: false, code: 'internal', error_description };
  }
  const { code, retry, fix } = error;
  return {
    outcome: 'failed',
    retry,
    code,
    error_description,
    ...(fix === undefined ? {} : { fix }),
  };
}

/** Runs the recipe's steps on one client. Never throws. */
export type Promote = (promotion: Promotion, recipe: Recipe) => Promise<Outcome>;

async function take(step: Step, promotion: Promotion): Promise<boolean> {
  const looks = !promotion.fresh || step.isKnown(promotion);
  if (looks && (await step.isDone(promotion))) return false;
  await step.apply(promotion);
  if (await step.isDone(promotion)) return true;
  throw new Failure(step.notKept, 'The tenant took the change and did not keep it', {
    fix: 'Look at the client and its connections in the dashboard; the tenant may forbid it.',
  });
}

/** Puts the recipes together for the login `connections` and the API. */
export function createPromote(connections: readonly string[], access: Access): Promote {
  const recipes: Readonly<Record<Recipe, readonly Step[]>> = {
    // A connection is not kept for a third-party client, so the client comes first.
    'first-party': [clientStep('first-party'), ...connections.map(enableStep)],
    // The mark comes last: a client that bears it had everything.
    'third-party': [...connections.map(domainStep), grantStep(access), clientStep('third-party')],
  };
  return async (promotion, recipe) => {
    let changed = false;
    try {
      for (const step of recipes[recipe]) changed = (await take(step, promotion)) || changed;
    } catch (error) {
      return failed(error);
    }
    return { outcome: changed ? 'promoted' : 'already', retry: false };
  };
}
