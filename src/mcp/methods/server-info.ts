import type { Catalog } from '../../tools/catalog.ts';

export const serverInfo = {
  name: 'openai-auth0-gateway',
  title: 'openai-auth0-gateway',
  version: '0.1.0',
};

/** Widgets of MCP Apps (`io.modelcontextprotocol/ui`) and of ChatGPT before them. */
const widgetTypes: readonly unknown[] = ['text/html;profile=mcp-app', 'text/html+skybridge'];

/** What this gateway offers with its catalog, and nothing it does not. */
export function capabilitiesOf({ resources, templates, prompts }: Catalog): object {
  const types = new Set([...resources.values(), ...templates].map(({ mimeType }) => mimeType));
  const mimeTypes = widgetTypes.filter((type) => types.has(type as string));
  const completes = [...prompts.values()].some((prompt) => prompt.arguments.length > 0);
  return {
    tools: {},
    ...(resources.size + templates.length > 0 ? { resources: {} } : {}),
    ...(prompts.size > 0 ? { prompts: {} } : {}),
    ...(completes ? { completions: {} } : {}),
    ...(mimeTypes.length > 0
      ? { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes } } }
      : {}),
  };
}
