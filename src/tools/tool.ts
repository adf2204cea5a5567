import { z } from 'zod';
import { annotationsSchema, fillAnnotations, missingForReview } from './annotations.ts';
import { allowed, calling, type Icon, openOrScoped, pathSchema, shown } from './fields.ts';
import { type Mirrored, readMirrored } from './mirrored.ts';
import { type Ask, parse } from './parse.ts';
import type { Target } from './target.ts';
import { titleOf } from './title.ts';
import type { Validate } from './validate.ts';

/** One tool as written. */
export const toolSchema = openOrScoped(
  'tool',
  z.strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not 1 to 64 letters, digits, _ or -')
      .describe('What clients call; letters, digits, _ and -'),
    ...shown,
    title: shown.title.describe('For people; made from the name when unset'),
    ...allowed,
    inputSchema: z
      .looseObject({ type: z.literal('object') })
      .default({ type: 'object' })
      .describe('A JSON Schema (2020-12) of type object'),
    outputSchema: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('A JSON Schema (2020-12) of what it answers'),
    annotations: annotationsSchema,
    path: pathSchema.optional().describe('Below FUNCTIONS_BASE; the name when unset'),
    ...calling,
  }),
);

type Schema = Readonly<Record<string, unknown>>;

/** One callable thing. */
export interface Tool extends Target {
  readonly title: string;
  readonly description?: string | undefined;
  readonly icons?: readonly Icon[] | undefined;
  readonly inputSchema: Schema;
  /** Of `structuredContent`; any JSON Schema. */
  readonly outputSchema?: Schema | undefined;
  readonly _meta?: Schema | undefined;
  readonly checkOutput?: Validate | undefined;
  readonly mirrored: readonly Mirrored[];
}

export interface ToolRules {
  readonly compile: (schema: object) => Validate;
  /** `strict`: a hint that ChatGPT's review wants and that is missing is a problem. */
  readonly annotations: 'fill' | 'strict';
}

/** Judges one entry of `tools` and compiles its schemas. */
export function readTool(written: unknown, rules: ToolRules, ask: Ask): Tool | undefined {
  const entry = parse(toolSchema, written, ask.report);
  if (!entry) return undefined;
  const compile = (schema: object): Validate | undefined => {
    try {
      return rules.compile(schema);
    } catch (error) {
      ask.report(`has a broken schema: ${(error as Error).message}`);
      return undefined;
    }
  };
  const { name, inputSchema, outputSchema } = entry;
  const checkInput = compile(inputSchema);
  const checkOutput = outputSchema && compile(outputSchema);
  const mirrored = readMirrored(inputSchema, ask.report);
  const { annotations, filled } = fillAnnotations(entry.annotations);
  const missing = rules.annotations === 'strict' ? missingForReview(entry.annotations) : [];
  if (missing.length > 0) {
    ask.report(`annotations: ${missing.join(', ')} must be set with ANNOTATIONS=strict`);
  } else if (filled !== '') ask.warn(`its annotations were filled in: ${filled}`);
  if (!checkInput) return undefined;
  const { title = titleOf(name), path = name } = entry;
  const checks = { checkInput, ...(checkOutput && { checkOutput }) };
  return { ...entry, title, path, annotations, mirrored, ...checks };
}
