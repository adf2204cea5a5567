/** The tenant's rate limit, shared by everybody who asks it something. */
export interface Budget {
  /**
   * Sends when there is room, first come, first served, and learns from the answer. `send` must
   * not reject.
   */
  spend(send: () => Promise<Response>): Promise<Response>;
}

/** After a refusal the guess of the rate shrinks by this, unless it was measured. */
const slower = 0.7;
/** A measured rate is believed a little less: one request too many is a refusal, one too few is not. */
const caution = 0.95;
/** Seconds of observation before a measured rate counts. */
const shortestMeasure = 0.5;
/** Each minute without a refusal the rate is tried a little higher again. */
const faster = 1.1;
const recovery = 60_000;

/**
 * A token bucket that learns from the answers (Auth0: `x-ratelimit-limit`, `-remaining`, `-reset`
 * in unix seconds). Until the first answer one request goes alone; then the limit is taken for the
 * rate a second as well, which is right for the smallest plan (2 requests/s, burst of 2). No more
 * are under way than were left, so that the limit is never hit twice in a row. A 429 ends all
 * sending until the reset, then one request tries again, and the rate becomes what was measured.
 * Others use the same limit: `remaining` corrects what is believed to be left.
 * @param longestPause milliseconds a 429 may stop everything
 * @param now unix milliseconds
 */
export function createBudget(longestPause: number, now: () => number = Date.now): Budget {
  const queue: (() => void)[] = [];
  /** Requests at once and a second. Nothing is known yet: one request, and no refill. */
  let limit = 1;
  let rate = 0;
  let level = 1;
  /** When `level` was right; in the future while a refusal is waited out. */
  let at = now();
  let flying = 0;
  /** What the tenant said last is left: no more than that may be under way, or one alone. */
  let left = 0;
  let refusedAt = at;
  let measure = { since: at, remaining: 0, answers: 0 };
  let timer: NodeJS.Timeout | undefined;

  /** Milliseconds until one more may be sent; Infinity = an answer decides. */
  function wait(): number {
    if (flying > 0 && flying >= left) return Number.POSITIVE_INFINITY;
    const passed = now() - at;
    if (passed < 0) return -passed;
    at += passed;
    level = Math.min(limit, level + (passed / 1000) * rate);
    return level >= 1 ? 0 : ((1 - level) / rate) * 1000;
  }

  function pump(): void {
    clearTimeout(timer);
    while (queue.length > 0) {
      const pause = wait();
      if (pause > 0) {
        if (Number.isFinite(pause)) timer = setTimeout(pump, Math.ceil(pause));
        return;
      }
      level -= 1;
      flying += 1;
      queue.shift()?.();
    }
  }

  /**
   * What is refilled a second, from what went beyond what was left; undefined when that was too
   * short, or when others took what was left.
   */
  function measured(): number | undefined {
    const seconds = (now() - measure.since) / 1000;
    const refilled = measure.answers - measure.remaining;
    return seconds < shortestMeasure || refilled <= 0 ? undefined : (refilled / seconds) * caution;
  }

  function refused(reset: number): void {
    rate = Math.max(Math.min(measured() ?? rate, rate * slower), 0.1);
    const pause = Math.max(reset * 1000 - now(), 1000 / rate);
    at = refusedAt = now() + Math.min(pause, longestPause);
    level = 1;
    left = 0;
  }

  function granted(remaining: number): void {
    left = remaining;
    level = Math.min(Math.max(level, remaining - flying), remaining);
    measure.answers += 1;
    // A full bucket gains nothing: what went before says nothing of the rate.
    if (remaining >= limit - 1) measure = { since: now(), remaining, answers: 0 };
    if (now() - refusedAt < recovery) return;
    refusedAt = now();
    rate = Math.min(limit, rate * faster);
  }

  function learn({ status, headers }: Response): void {
    const said = (name: string) => Number(headers.get(`x-ratelimit-${name}`)) || 0;
    const told = said('limit');
    // An answer that tells no limit took nothing of it.
    if (told === 0) level += 1;
    else if (told !== limit || rate === 0) limit = rate = told;
    if (status === 429) refused(said('reset'));
    else if (told > 0) granted(said('remaining'));
  }

  return {
    async spend(send) {
      await new Promise<void>((resolve) => {
        queue.push(resolve);
        pump();
      });
      const answer = await send();
      flying -= 1;
      learn(answer);
      pump();
      return answer;
    },
  };
}
