import { z } from 'zod';
import { allowed, calling, nameSchema, openOrScoped, pathSchema, shown } from './fields.ts';

const text = z.string();

/** Content of a message (MCP 2026-07-28, ContentBlock). */
const contentSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text }),
  z.looseObject({ type: z.literal('image'), data: text, mimeType: text }),
  z.looseObject({ type: z.literal('audio'), data: text, mimeType: text }),
  z.looseObject({ type: z.literal('resource_link'), uri: text, name: text }),
  z.looseObject({ type: z.literal('resource'), resource: z.looseObject({ uri: text }) }),
]);

const argumentSchema = z.strictObject({
  name: nameSchema,
  title: shown.title,
  description: shown.description,
  required: z.boolean().optional(),
  values: z.array(z.string()).optional().describe('Offered for completion; others are possible'),
});

const common = {
  name: nameSchema,
  ...shown,
  arguments: z.array(argumentSchema).default([]),
  ...allowed,
};

/** A prompt whose messages stand in the catalog. */
export const writtenPromptSchema = openOrScoped(
  'prompt',
  z.strictObject({
    ...common,
    messages: z
      .array(z.strictObject({ role: z.enum(['user', 'assistant']), content: contentSchema }), {
        error: 'is no list: a prompt has messages or a path',
      })
      .min(1, 'is empty')
      .describe('{{argument}} in any text becomes its value'),
  }),
);

/** A prompt that the backend fills. */
export const livePromptSchema = openOrScoped(
  'prompt',
  z.strictObject({
    ...common,
    path: pathSchema,
    messages: z.never({ error: 'stands beside path: write one of the two' }).optional(),
    ...calling,
  }),
);

/** One prompt as written. */
export const promptSchema = z.union([writtenPromptSchema, livePromptSchema]);

export type Argument = Readonly<z.output<typeof argumentSchema>>;
export type Message = z.output<typeof writtenPromptSchema>['messages'][number];
