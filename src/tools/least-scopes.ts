import type { ScopeImplies } from '../settings.ts';
import type { Catalog } from './catalog.ts';

/**
 * The catalog with each tool's scopes as few as mean the same: what another of them implies need
 * not be asked for, and so stands neither in a challenge nor in `securitySchemes`. The union of all
 * scopes stays as written: it names what there is, not what one call needs.
 */
export function leastScopes(catalog: Catalog, implies: ScopeImplies): Catalog {
  const least = (scopes: readonly string[]): string[] => {
    const implied = new Set(scopes.flatMap((scope) => implies.get(scope) ?? []));
    return scopes.filter((scope) => !implied.has(scope));
  };
  const tools = [...catalog.tools].map(
    ([name, tool]) => [name, { ...tool, scopes: least(tool.scopes) }] as const,
  );
  return { ...catalog, tools: new Map(tools) };
}
