import { z } from 'zod';

/** The hints as written; ChatGPT's review wants all but idempotentHint. */
export const annotationsSchema = z
  .strictObject({
    title: z.string().optional().describe('For people, in older clients'),
    readOnlyHint: z.boolean().optional().describe('It changes nothing'),
    destructiveHint: z.boolean().optional().describe('It may overwrite or delete'),
    idempotentHint: z.boolean().optional().describe('Twice the same does what once does'),
    openWorldHint: z.boolean().optional().describe('It reaches beyond what is your own'),
  })
  .default({})
  .describe('Hints of the MCP specification; ChatGPT review wants all but idempotentHint');

const hints = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;

/** What `ANNOTATIONS=strict` insists on. */
const reviewed = ['readOnlyHint', 'destructiveHint', 'openWorldHint'] as const;

type Written = z.output<typeof annotationsSchema>;

/** All four hints of MCP's ToolAnnotations, and a title where the author wrote one. */
export type Annotations = { readonly title?: string | undefined } & {
  readonly [Hint in (typeof hints)[number]]: boolean;
};

/**
 * The same annotations with no hint missing: a missing one is what the specification assumes of a
 * tool that says nothing, the worst. `filled` says which and how, '' = none.
 */
export function fillAnnotations(written: Written): { annotations: Annotations; filled: string } {
  const annotations = {
    ...written,
    readOnlyHint: written.readOnlyHint ?? false,
    // What changes nothing destroys nothing. That it is idempotent too is not concluded: the hint
    // means nothing beside readOnlyHint, and clients pass it on as the word of the author.
    destructiveHint: written.destructiveHint ?? written.readOnlyHint !== true,
    idempotentHint: written.idempotentHint ?? false,
    openWorldHint: written.openWorldHint ?? true,
  };
  const missing = hints.filter((hint) => written[hint] === undefined);
  return { annotations, filled: missing.map((hint) => `${hint} ${annotations[hint]}`).join(', ') };
}

/** The hints ChatGPT's review wants and the author left out. */
export const missingForReview = (written: Written): string[] =>
  reviewed.filter((hint) => written[hint] === undefined);
