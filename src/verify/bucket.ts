/** An unknown kid may cause a fetch: this many at once, one more each second. */
const bucketSize = 3;

/**
 * One token a second up to three; keeps a flood of unknown kids off the tenant.
 * @param now milliseconds; the clock.
 * @returns a function that takes a token: false when there is none.
 */
export function createBucket(now: () => number): () => boolean {
  let filled = bucketSize;
  let at = now();
  return () => {
    // A clock set back must not empty the bucket.
    filled = Math.min(bucketSize, filled + Math.max(0, now() - at) / 1000);
    at = now();
    if (filled < 1) return false;
    filled -= 1;
    return true;
  };
}
