import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchLike } from '@modelcontextprotocol/client';
import { fixOfPromotion, fixOfRequest } from '../fixes.ts';
import { look } from '../look.ts';
import type { Asked } from '../session.ts';
import { type Done, StepFailed } from '../step.ts';

/** Milliseconds between two looks; grows to the second. */
const pace = { first: 100, longest: 1000 };

export interface PromotionOptions {
  readonly gateway: URL;
  readonly redirectUri: string;
  /** Seconds. */
  readonly timeout: number;
}

/** Waits until the new client may log people in: the gateway has heard of it and promoted it. */
export async function promotion(
  asked: Asked,
  fetch: FetchLike,
  { gateway, redirectUri, timeout }: PromotionOptions,
): Promise<Done<void>> {
  const end = performance.now() + timeout * 1000;
  let wait = pace.first;
  for (let looks = 1; ; looks += 1) {
    const seen = await look(fetch, asked.url);
    if (seen.kind === 'usable') {
      return { value: undefined, detail: `people can log in (${seen.where}), look ${looks}` };
    }
    const { error, description } = seen;
    const hopeless = fixOfRequest(error, description);
    const late = performance.now() + wait > end;
    if (hopeless === undefined && !late) {
      await sleep(wait);
      wait = Math.min(wait * 2, pace.longest);
      continue;
    }
    const { clientId } = asked;
    const unpromoted = async () => {
      const answer = await probe(gateway, fetch);
      return { error, description, clientId, redirectUri, gateway, probe: answer };
    };
    throw new StepFailed({
      expected: `a login page for ${clientId}${hopeless ? '' : ` within ${timeout} s`}`,
      came: `${error}: ${description}`,
      fix: hopeless ?? fixOfPromotion(await unpromoted()),
    });
  }
}

/** How the webhook answers somebody without its secret: 401 = promotion is on, 404 = it is off. */
async function probe(gateway: URL, fetch: FetchLike): Promise<number> {
  const answer = await fetch(`${gateway.origin}/auth0-log-webhook`, { method: 'POST', body: '' });
  return answer.status;
}
