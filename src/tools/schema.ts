import { z } from 'zod';

const objectSchema = z
  .looseObject({ type: z.literal('object') })
  .describe('A JSON Schema (2020-12) of type object');

/** One tool as written. */
export const toolSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not 1 to 64 letters, digits, _ or -')
      .describe('What clients call; letters, digits, _ and -'),
    title: z.string().min(1).optional().describe('For people'),
    description: z.string().min(1).optional().describe('For the model: what the tool does'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is no scope (RFC 6749 §3.3)'))
      .default([])
      .describe('All are required; empty = a token but no scope'),
    public: z.boolean().default(false).describe('Callable without a token'),
    inputSchema: objectSchema.default({ type: 'object' }),
    outputSchema: objectSchema.optional(),
    annotations: z
      .strictObject({
        title: z.string().optional(),
        readOnlyHint: z.boolean().optional(),
        destructiveHint: z.boolean().optional(),
        idempotentHint: z.boolean().optional(),
        openWorldHint: z.boolean().optional(),
      })
      .default({})
      .describe('Hints of the MCP specification; ChatGPT review wants the first three set'),
    _meta: z.record(z.string(), z.unknown()).optional().describe('Copied verbatim'),
    path: z
      .string()
      .regex(
        /^(?!\.{1,2}(\/|$))[A-Za-z0-9_.~-]+(\/(?!\.{1,2}(\/|$))[A-Za-z0-9_.~-]+)*$/,
        'is not a plain relative path: segments of letters, digits, _ . ~ - with / between',
      )
      .optional()
      .describe('Below FUNCTIONS_BASE; the name when unset'),
    timeoutMs: z.int().min(1).max(600_000).default(30_000).describe('Deadline in milliseconds'),
    maxConcurrent: z
      .int()
      .min(1)
      .max(10_000)
      .default(64)
      .describe('Calls at the backend at once, in each replica'),
    maxQueued: z
      .int()
      .min(0)
      .max(10_000)
      .default(64)
      .describe('Calls that may wait for one of those places; more are refused'),
    maxAnswerBytes: z
      .int()
      .min(1)
      .max(1_073_741_824)
      .default(10_485_760)
      .describe('Longest answer; it is held in memory for MCP'),
    rateLimitPerMinute: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('Calls of this tool by one caller in a minute; unset = only RATE_LIMIT_PER_MINUTE'),
  })
  .refine((tool) => !tool.public || tool.scopes.length === 0, {
    path: ['scopes'],
    error: 'a public tool has no scopes: anyone may call it',
  });

/** The catalog as written in TOOLS_FILE. */
export const catalogSchema = z.strictObject({
  $schema: z.string().optional(),
  tools: z.array(toolSchema).min(1),
});

/** The same around its tools: each is judged by itself, so that a mistake comes with its name. */
export const frameSchema = catalogSchema.extend({ tools: z.array(z.unknown()).min(1) });

/** The one-line form, TOOL_SCOPES_JSON: names and scopes only. */
export const scopesSchema = z
  .record(z.string(), z.unknown())
  .transform(
    (entries): z.input<typeof frameSchema> => ({
      tools: Object.entries(entries).map(([name, scopes]) => ({ name, scopes })),
    }),
  )
  .pipe(frameSchema);

export type ToolEntry = z.output<typeof toolSchema>;

/** JSON Schema of TOOLS_FILE for editors (published as examples/tools.schema.json). */
export function editorSchema(): unknown {
  return z.toJSONSchema(catalogSchema, { io: 'input', target: 'draft-2020-12' });
}
