/** What a promise is rejected with: tap compares only errors by pattern, a failure is more than one. */
export const rejected = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ resolved: value }),
    (error: unknown) => error,
  );
