import { allows } from '../../calls/authorize.ts';
import type { Config } from '../../config.ts';
import type { Catalog } from '../../tools/catalog.ts';
import type { Target } from '../../tools/target.ts';
import type { Method } from '../asked.ts';
import type { Era } from '../protocol/versions.ts';
import { cacheOfLists } from './cache.ts';
import { page } from './page.ts';

/** What one kind of entry is listed as. */
interface Kind<T> {
  /** The member of the result. */
  readonly member: string;
  readonly entries: readonly T[];
  /** Tells entries apart, in cursors. */
  readonly keyOf: (entry: T) => string;
  /** Called once for each entry and era. */
  readonly describe: (entry: T, era: Era) => object;
}

/** A method that lists: a page of the catalog, or of what the caller may have of it. */
export function listOf<T extends Pick<Target, 'public' | 'scopes'>>(
  config: Pick<Config, 'TOOLS_LIST'>,
  catalog: Catalog,
  { member, entries, keyOf, describe }: Kind<T>,
): Method {
  const inEra = (era: Era) => new Map(entries.map((entry) => [entry, describe(entry, era)]));
  const described = { legacy: inEra('legacy'), modern: inEra('modern') };
  const cache = cacheOfLists(config, catalog);
  return ({ era, params, request }) => {
    const all = config.TOOLS_LIST === 'all';
    const shown = all ? entries : entries.filter((entry) => allows(request.caller, entry));
    const { entries: part, ...next } = page(shown, keyOf, params['cursor']);
    return { result: { [member]: part.map((one) => described[era].get(one)), ...next }, cache };
  };
}
