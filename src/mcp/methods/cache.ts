import type { Config } from '../../config.ts';
import type { Catalog } from '../../tools/catalog.ts';
import type { Cache } from '../asked.ts';

/** Milliseconds a list or a file may be kept: they change only with a new start. */
const usualTtl = 300_000;

/**
 * How lists may be cached: shared only where every caller, known or not, sees the same one
 * (MCP 2026-07-28, choosing a cache scope).
 */
export function cacheOfLists(config: Pick<Config, 'TOOLS_LIST'>, catalog: Catalog): Cache {
  const same = catalog.hasPublic && config.TOOLS_LIST === 'all';
  return { ttlMs: usualTtl, cacheScope: same ? 'public' : 'private' };
}

/** How a file of the catalog may be cached. */
export const cacheOfFile = (open: boolean): Cache => ({
  ttlMs: usualTtl,
  cacheScope: open ? 'public' : 'private',
});
