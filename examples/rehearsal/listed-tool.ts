import { z } from 'zod';

const hints = ['readOnlyHint', 'destructiveHint', 'openWorldHint'] as const;

const scheme = z.looseObject({ type: z.string(), scopes: z.array(z.string()).default([]) });

const toolShape = z.looseObject({
  name: z.string(),
  inputSchema: z.unknown().optional(),
  securitySchemes: z.array(scheme).optional().catch(undefined),
  annotations: z.record(z.string(), z.unknown()).default({}),
});

/** A tool as a tools/list answer shows it, raw: the official client drops `securitySchemes`. */
export interface ListedTool {
  readonly name: string;
  readonly inputSchema: unknown;
  /** Callable without a token. */
  readonly open: boolean;
  /** All are needed. */
  readonly scopes: readonly string[];
  readonly readOnly: boolean;
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
  const { name, inputSchema, securitySchemes, annotations } = tool;
  const unset = hints.filter((hint) => typeof annotations[hint] !== 'boolean');
  return {
    name,
    inputSchema,
    open: securitySchemes?.some(({ type }) => type === 'noauth') ?? false,
    scopes: securitySchemes?.flatMap(({ scopes }) => scopes) ?? [],
    readOnly: annotations['readOnlyHint'] === true,
    flaws: [
      ...(securitySchemes === undefined ? [`${name} has no securitySchemes`] : []),
      ...unset.map((hint) => `${name} does not set ${hint}`),
    ],
  };
}

/** True when a token of these scopes may call the tool. */
export const covered = (tool: ListedTool, granted: readonly string[]): boolean =>
  tool.scopes.every((scope) => granted.includes(scope));
