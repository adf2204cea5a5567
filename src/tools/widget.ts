import type { ScopeImplies } from '../settings.ts';
import type { Resource, ResourceTemplate } from './resource.ts';
import type { Tool } from './tool.ts';
import { normalUri } from './uri-template.ts';

/** The type of MCP Apps, the only one its extension knows; hosts compare it letter by letter. */
export const appType = 'text/html;profile=mcp-app';

/** With what ChatGPT had before. */
const widgetTypes = [appType, 'text/html+skybridge'];

/** Where a tool named its widget before `_meta.ui.resourceUri`; older hosts read no other. */
export const flatKey = 'ui/resourceUri';

type Allowed = Pick<Resource, 'scopes' | 'public'>;

interface Offered {
  readonly tools: ReadonlyMap<string, Tool>;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly templates: readonly ResourceTemplate[];
  readonly implies: ScopeImplies;
}

/** The widget of MCP Apps that a tool names, by the key of today. */
export function widgetOf({ _meta: meta = {} }: Pick<Tool, '_meta'>): unknown {
  const ui: Record<string, unknown> = Object(meta['ui']);
  return ui['resourceUri'];
}

/** The widgets a tool names, by where it names them. */
function* namedBy(tool: Tool): Generator<[string, string]> {
  const { _meta: meta = {} } = tool;
  const places = {
    '_meta.ui.resourceUri': widgetOf(tool),
    '_meta["ui/resourceUri"]': meta[flatKey],
    '_meta["openai/outputTemplate"]': meta['openai/outputTemplate'],
  };
  for (const [place, uri] of Object.entries(places))
    if (typeof uri === 'string') yield [place, uri];
}

/** Says when there are callers of a tool who may not read its widget. */
function* unreadable(
  tool: Tool,
  uri: string,
  widget: Allowed,
  implies: ScopeImplies,
): Generator<string> {
  const held = new Set(tool.scopes.flatMap((scope) => [scope, ...(implies.get(scope) ?? [])]));
  const more = widget.scopes.filter((scope) => !held.has(scope));
  if (tool.public && !widget.public) {
    yield `tool ${tool.name}: it is public, its widget ${uri} is not.`;
  } else if (more.length > 0) {
    yield `tool ${tool.name}: its widget ${uri} wants ${more.join(', ')}, which the tool does not.`;
  }
}

/** What keeps a widget from being shown, one sentence each: the gateway starts all the same. */
export function* widgetWarnings(offered: Offered): Generator<string> {
  const { tools, resources, templates, implies } = offered;
  const find = (given: string): Resource | ResourceTemplate | undefined => {
    const uri = normalUri(given);
    return resources.get(uri) ?? templates.find(({ match }) => match(uri));
  };
  for (const tool of tools.values()) {
    const widgets = new Map<string, Resource | ResourceTemplate>();
    for (const [place, uri] of namedBy(tool)) {
      const widget = find(uri);
      if (widget) widgets.set(uri, widget);
      else yield `tool ${tool.name}: ${place} is ${uri}, which is no resource of the catalog.`;
    }
    for (const [uri, widget] of widgets) yield* unreadable(tool, uri, widget, implies);
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
