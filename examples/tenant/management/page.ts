import { z } from 'zod';
import { flag } from './read.ts';
import { Refusal } from './refusal.ts';

/** Query fields every list takes. */
export const paging = {
  page: z.coerce.number().int().min(0).default(0),
  per_page: z.coerce.number().int().min(1).max(100).default(50),
  include_totals: flag.default(false),
  from: z.string().optional(),
  take: z.coerce.number().int().min(1).max(100).optional(),
  fields: z.string().optional(),
  include_fields: flag.default(true),
};

export type Paging = z.infer<z.ZodObject<typeof paging>>;

/** An item reduced to the `fields` asked for (or to all others with `include_fields=false`). */
export function pick(item: object, query: Pick<Paging, 'fields' | 'include_fields'>): object {
  if (query.fields === undefined) return item;
  const named = new Set(query.fields.split(','));
  return Object.fromEntries(
    Object.entries(item).filter(([key]) => named.has(key) === query.include_fields),
  );
}

/**
 * A list in the form the query asks for: checkpoint pages `{[key], next?}` with `from` or `take`,
 * `{start, limit, length, total, [key]}` with `include_totals`, a bare array otherwise.
 * Throws a 400 for a `from` that is no checkpoint.
 */
export function answerList(items: object[], query: Paging, key: string): unknown {
  const shown = items.map((item) => pick(item, query));
  if (query.from !== undefined || query.take !== undefined) {
    const start = readCheckpoint(query.from);
    const end = start + (query.take ?? 50);
    const next = end < shown.length ? { next: Buffer.from(`${end}`).toString('base64url') } : {};
    return { [key]: shown.slice(start, end), ...next };
  }
  const start = query.page * query.per_page;
  const onPage = shown.slice(start, start + query.per_page);
  if (!query.include_totals) return onPage;
  const totals = { start, limit: query.per_page, length: onPage.length, total: shown.length };
  return { ...totals, [key]: onPage };
}

function readCheckpoint(from: string | undefined): number {
  if (from === undefined) return 0;
  const start = Number(Buffer.from(from, 'base64url').toString());
  if (!Number.isInteger(start)) {
    throw new Refusal(400, 'invalid_paging', 'The from parameter is not a valid checkpoint');
  }
  return start;
}
