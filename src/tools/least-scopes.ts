import type { ScopeImplies } from '../settings.ts';
import type { Catalog } from './catalog.ts';

interface Scoped {
  readonly scopes: readonly string[];
}

/**
 * The catalog with the scopes of each tool, resource and prompt as few as mean the same: what
 * another of them implies need not be asked for, and so stands neither in a challenge nor in
 * `securitySchemes`. The union of all scopes stays as written: it names what there is, not what
 * one call needs.
 */
export function leastScopes(catalog: Catalog, implies: ScopeImplies): Catalog {
  const least = <T extends Scoped>(one: T): T => {
    const implied = new Set(one.scopes.flatMap((scope) => implies.get(scope) ?? []));
    return { ...one, scopes: one.scopes.filter((scope) => !implied.has(scope)) };
  };
  /** With its source, where it has one. */
  const both = <T extends Scoped & { source?: Scoped | undefined }>(one: T): T =>
    one.source ? { ...least(one), source: least(one.source) } : least(one);
  const each = <T>(all: ReadonlyMap<string, T>, change: (one: T) => T): Map<string, T> =>
    new Map([...all].map(([name, one]) => [name, change(one)]));
  return {
    ...catalog,
    tools: each(catalog.tools, least),
    sources: each(catalog.sources, least),
    resources: each(catalog.resources, both),
    templates: catalog.templates.map(both),
    prompts: each(catalog.prompts, both),
  };
}
