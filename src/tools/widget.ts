import type { Resource, ResourceTemplate } from './resource.ts';
import type { Tool } from './tool.ts';
import { normalUri } from './uri-template.ts';

/** MCP Apps, and what ChatGPT had before; hosts compare them letter by letter. */
const widgetTypes = ['text/html;profile=mcp-app', 'text/html+skybridge'];

interface Offered {
  readonly tools: ReadonlyMap<string, Tool>;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly templates: readonly ResourceTemplate[];
}

/** The widgets a tool names, by where it names them. */
function* namedBy({ _meta: meta = {} }: Tool): Generator<[string, string]> {
  const ui: Record<string, unknown> = Object(meta['ui']);
  const places = {
    '_meta.ui.resourceUri': ui['resourceUri'],
    '_meta["openai/outputTemplate"]': meta['openai/outputTemplate'],
  };
  for (const [place, uri] of Object.entries(places))
    if (typeof uri === 'string') yield [place, uri];
}

/** What keeps a widget from being shown, one sentence each: the gateway starts all the same. */
export function* widgetWarnings({ tools, resources, templates }: Offered): Generator<string> {
  const find = (uri: string): Resource | ResourceTemplate | undefined =>
    resources.get(normalUri(uri)) ?? templates.find(({ match }) => match(uri));
  for (const tool of tools.values()) {
    for (const [place, uri] of namedBy(tool)) {
      const widget = find(uri);
      if (!widget)
        yield `tool ${tool.name}: ${place} is ${uri}, which is no resource of the catalog.`;
      else if (tool.public && !widget.public) {
        yield `tool ${tool.name}: it is public, its widget ${uri} is not.`;
      }
    }
  }
  const all = [
    ...[...resources.values()].map((resource) => [resource.uri, resource] as const),
    ...templates.map((template) => [template.uriTemplate, template] as const),
  ];
  for (const [uri, { name, mimeType = '' }] of all) {
    if (!uri.startsWith('ui://') || widgetTypes.includes(mimeType)) continue;
    yield `resource ${name}: no host shows ${uri}: its mimeType is neither ${widgetTypes.join(' nor ')}.`;
  }
}
