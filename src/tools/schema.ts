import { z } from 'zod';
import { promptSchema } from './prompt-schema.ts';
import { resourceSchema } from './resource-schema.ts';
import { toolSchema } from './tool.ts';

/** The catalog as written in TOOLS_FILE. */
export const catalogSchema = z.strictObject({
  $schema: z.string().optional(),
  instructions: z
    .string()
    .min(1)
    .optional()
    .describe('For the model: how the tools belong together'),
  tools: z.array(toolSchema).min(1),
  resources: z.array(resourceSchema).default([]).describe('What clients may read; widgets too'),
  prompts: z.array(promptSchema).default([]).describe('What people may begin with'),
});

/** The same around its entries: each is judged by itself, so that a mistake comes with its name. */
export const frameSchema = catalogSchema.extend({
  tools: z.array(z.unknown()).min(1),
  resources: z.array(z.unknown()).default([]),
  prompts: z.array(z.unknown()).default([]),
});

/** The one-line form, TOOL_SCOPES_JSON: names and scopes only. */
export const scopesSchema = z
  .record(z.string(), z.unknown())
  .transform(
    (entries): z.input<typeof frameSchema> => ({
      tools: Object.entries(entries).map(([name, scopes]) => ({ name, scopes })),
    }),
  )
  .pipe(frameSchema);

/** JSON Schema of TOOLS_FILE for editors (published as examples/tools.schema.json). */
export function editorSchema(): unknown {
  return z.toJSONSchema(catalogSchema, { io: 'input', target: 'draft-2020-12' });
}
