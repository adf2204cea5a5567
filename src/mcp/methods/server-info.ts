import type { Catalog } from '../../tools/catalog.ts';
import { appType } from '../../tools/widget.ts';

export const serverInfo = {
  name: 'openai-auth0-gateway',
  title: 'openai-auth0-gateway',
  version: '0.1.0',
};

/** MCP Apps (specification 2026-01-26), which has no other type: all others are reserved. */
const widgets = { 'io.modelcontextprotocol/ui': { mimeTypes: [appType] } };

/** What this gateway offers with its catalog, and nothing it does not. */
export function capabilitiesOf({ resources, templates, prompts }: Catalog): object {
  const shows = [...resources.values(), ...templates].some(({ mimeType }) => mimeType === appType);
  const completes = [...prompts.values()].some((prompt) => prompt.arguments.length > 0);
  return {
    tools: {},
    ...(resources.size + templates.length > 0 ? { resources: {} } : {}),
    ...(prompts.size > 0 ? { prompts: {} } : {}),
    ...(completes ? { completions: {} } : {}),
    ...(shows ? { extensions: widgets } : {}),
  };
}
