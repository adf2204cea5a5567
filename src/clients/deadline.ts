/**
 * Waits for `work`, but no longer than `milliseconds`; the work itself goes on. True when it was
 * done in time.
 */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const { promise: over, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, milliseconds, false);
  const inTime = await Promise.race([work.then(() => true), over]);
  clearTimeout(timer);
  return inTime;
}
