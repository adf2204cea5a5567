import { z } from 'zod';

const hints = ['readOnlyHint', 'destructiveHint', 'openWorldHint'] as const;

const scheme = z.looseObject({ type: z.string(), scopes: z.array(z.string()).default([]) });

const toolShape = z.looseObject({
  name: z.string(),
  inputSchema: z.unknown().optional(),
  securitySchemes: z.array(scheme).optional().catch(undefined),
  annotations: z.record(z.string(), z.unknown()).default({}),
  _meta: z.unknown().optional(),
});

/** A page a tool names for its results, and where it does. */
export interface NamedWidget {
  readonly uri: string;
  readonly key:
    | '_meta.ui.resourceUri'
    | '_meta["ui/resourceUri"]'
    | '_meta["openai/outputTemplate"]';
}

/** A tool as a tools/list answer shows it, raw: the official client drops `securitySchemes`. */
export interface ListedTool {
  readonly name: string;
  readonly inputSchema: unknown;
  /** Callable without a token. */
  readonly open: boolean;
  /** All are needed. */
  readonly scopes: readonly string[];
  readonly readOnly: boolean;
  /** By MCP Apps, its form before it was a standard, and ChatGPT's own. */
  readonly widgets: readonly NamedWidget[];
  /** What ChatGPT or its review would miss. */
  readonly flaws: readonly string[];
}

/** Reads a tools/list result. Throws a ZodError when it holds no tools. */
export function readTools(result: unknown): ListedTool[] {
  return z
    .looseObject({ tools: z.array(toolShape) })
    .parse(result)
    .tools.map(readTool);
}

function readTool(tool: z.output<typeof toolShape>): ListedTool {
  const { name, inputSchema, securitySchemes, annotations, _meta } = tool;
  const unset = hints.filter((hint) => typeof annotations[hint] !== 'boolean');
  return {
    name,
    inputSchema,
    open: securitySchemes?.some(({ type }) => type === 'noauth') ?? false,
    scopes: securitySchemes?.flatMap(({ scopes }) => scopes) ?? [],
    readOnly: annotations['readOnlyHint'] === true,
    widgets: readWidgets(_meta),
    flaws: [
      ...(securitySchemes === undefined ? [`${name} has no securitySchemes`] : []),
      ...unset.map((hint) => `${name} does not set ${hint}`),
    ],
  };
}

function readWidgets(meta: unknown): NamedWidget[] {
  const { ui, ...flat } = Object(meta) as Record<string, unknown>;
  const named: [NamedWidget['key'], unknown][] = [
    ['_meta.ui.resourceUri', Object(ui).resourceUri],
    ['_meta["ui/resourceUri"]', flat['ui/resourceUri']],
    ['_meta["openai/outputTemplate"]', flat['openai/outputTemplate']],
  ];
  return named.flatMap(([key, uri]) => (uri === undefined ? [] : [{ key, uri: String(uri) }]));
}

/** True when a token of these scopes may call the tool. */
export const covered = (tool: ListedTool, granted: readonly string[]): boolean =>
  tool.scopes.every((scope) => granted.includes(scope));
