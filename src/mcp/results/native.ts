import { z } from 'zod';
import type { Params } from '../protocol/message.ts';

/**
 * What a backend answers in the words of MCP already. The shapes are those by which the official
 * clients refuse a result as a whole: JSON that only looks like one must not kill the call.
 */

const text = z.string();
const meta = z.record(text, z.unknown()).optional();
const role = z.enum(['user', 'assistant']);

/** As the clients read it: white space passes, and so does a text without its padding. */
const base64 = text.refine((value) => {
  try {
    return atob(value).length >= 0;
  } catch {
    return false;
  }
});

const annotations = z
  .object({
    audience: z.array(role).optional(),
    priority: z.number().min(0).max(1).optional(),
    lastModified: z.iso.datetime({ offset: true }).optional(),
  })
  .optional();

const icon = z.object({
  src: text,
  mimeType: text.optional(),
  sizes: z.array(text).optional(),
  theme: z.enum(['light', 'dark']).optional(),
});

const place = z.object({ uri: text, mimeType: text.optional(), _meta: meta });
const contents = z.union([place.extend({ text }), place.extend({ blob: base64 })]);

const more = { annotations, _meta: meta };
const bytes = { data: base64, mimeType: text, ...more };

const block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text, ...more }),
  z.object({ type: z.literal('image'), ...bytes }),
  z.object({ type: z.literal('audio'), ...bytes }),
  z.object({ type: z.literal('resource'), resource: contents, ...more }),
  z.object({
    type: z.literal('resource_link'),
    uri: text,
    name: text,
    title: text.optional(),
    description: text.optional(),
    mimeType: text.optional(),
    size: z.number().optional(),
    icons: z.array(icon).optional(),
    ...more,
  }),
]);

/** Of all results: what a client reads in their `_meta` itself. */
const resultMeta = z
  .looseObject({
    progressToken: z.union([text, z.int()]).optional(),
    'io.modelcontextprotocol/related-task': z.object({ taskId: text }).optional(),
  })
  .optional();

const toolResult = z.object({ content: z.array(block), _meta: resultMeta });
const resourceResult = z.object({ contents: z.array(contents), _meta: resultMeta });
const promptResult = z.object({
  messages: z.array(z.object({ role, content: block })),
  description: text.optional(),
  _meta: resultMeta,
});

export type NativeToolResult = Params & { readonly content: readonly unknown[] };
export type NativeResource = Params & { readonly contents: readonly object[] };
export type NativePrompt = Params & { readonly messages: readonly object[] };

/** What may stand beside a `content` of nothing: with anything else it is the page of a list. */
const besideNothing: ReadonlySet<string> = new Set([
  'content',
  'structuredContent',
  'isError',
  '_meta',
  'resultType',
]);

/** A result of `tools/call`; `structuredContent` and `isError` are for the gateway to judge. */
export function isToolResult(json: unknown): json is NativeToolResult {
  const { success, data } = toolResult.safeParse(json);
  if (!success) return false;
  return (
    data.content.length > 0 || Object.keys(Object(json)).every((key) => besideNothing.has(key))
  );
}

/** A result of `resources/read`. */
export const isResourceResult = (json: unknown): json is NativeResource =>
  resourceResult.safeParse(json).success;

/** A result of `prompts/get`. */
export const isPromptResult = (json: unknown): json is NativePrompt =>
  promptResult.safeParse(json).success;
