import type { Catalog } from '../tools/catalog.ts';
import type { Method } from './asked.ts';
import { cacheOfLists } from './methods/cache.ts';
import { promptMethods } from './methods/prompts.ts';
import { resourceMethods } from './methods/resources.ts';
import { capabilitiesOf, serverInfo } from './methods/server-info.ts';
import type { SourceParts } from './methods/source.ts';
import { type ToolParts, toolMethods } from './methods/tools.ts';
import { type Era, negotiate, supported } from './protocol/versions.ts';

const instructionsOf = ({ instructions }: Catalog) =>
  instructions === undefined ? {} : { instructions };

/** How the legacy era begins: `initialize` and `ping` (MCP 2025-11-25, lifecycle). */
const legacyMethods = (catalog: Catalog): [string, Method][] => [
  [
    'initialize',
    ({ params }) => ({
      result: {
        protocolVersion: negotiate(params['protocolVersion']),
        capabilities: capabilitiesOf(catalog),
        serverInfo,
        ...instructionsOf(catalog),
      },
    }),
  ],
  ['ping', () => ({ result: {} })],
];

/** How the modern era tells what it is: `server/discover` (MCP 2026-07-28, discovery). */
const modernMethods = ({ config, catalog }: ToolParts): [string, Method][] => [
  [
    'server/discover',
    () => ({
      result: {
        supportedVersions: supported,
        capabilities: capabilitiesOf(catalog),
        ...instructionsOf(catalog),
      },
      cache: cacheOfLists(config, catalog),
    }),
  ],
];

/** Every method that is served, in the era that knows it. */
export function createMethods(
  tools: ToolParts,
  sources: SourceParts,
): Record<Era, ReadonlyMap<string, Method>> {
  const shared = [...toolMethods(tools), ...resourceMethods(sources), ...promptMethods(sources)];
  return {
    legacy: new Map([...legacyMethods(tools.catalog), ...shared]),
    modern: new Map([...modernMethods(tools), ...shared]),
  };
}
