import type { LogRecord, LogStream } from '../state.ts';

/** Filter categories of Auth0's log streams, for the type codes this tenant writes. */
const categories: Record<string, string> = {
  sapi: 'management.success',
  fapi: 'management.fail',
  s: 'auth.login.success',
  f: 'auth.login.fail',
  fp: 'auth.login.fail',
  seacft: 'auth.token_exchange.success',
  feacft: 'auth.token_exchange.fail',
};

/** Whether a stream wants a record: without filters it wants all. */
export function wants({ filters = [] }: LogStream, { type }: LogRecord): boolean {
  const category = categories[type] ?? 'other';
  return filters.length === 0 || filters.some(({ name }) => name === category);
}
