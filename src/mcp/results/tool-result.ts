import { hash } from 'node:crypto';
import type { Refusal } from '../../errors.ts';
import { isObject } from '../protocol/message.ts';
import type { Era } from '../protocol/versions.ts';
import { errorText } from './error-text.ts';
import { isToolResult, type NativeToolResult } from './native.ts';
import { readAnswer, type Said, type WholeAnswer } from './read-answer.ts';

export interface ToolResult {
  readonly content: readonly unknown[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
  readonly _meta?: object;
}

const text = (value: string) => ({ type: 'text', text: value });

/** Until 2025-11-25 structured content was an object; clients refuse a result with another. */
const fits = (value: unknown, era: Era): boolean =>
  value !== undefined && (era === 'modern' || isObject(value));

/** A result of the backend's own, as it is; whether it is complete is for the door to say. */
function passNative(json: NativeToolResult, failed: boolean, era: Era): ToolResult {
  const { resultType: _, structuredContent, isError, ...result } = json;
  // What is no boolean is meant as an error rather than not, and clients must not read it otherwise.
  const error = failed || isError ? { isError: true } : {};
  return {
    ...result,
    ...(fits(structuredContent, era) ? { structuredContent } : {}),
    ...(isError === false ? { isError } : {}),
    ...error,
  };
}

/**
 * Bytes as content. What is neither picture nor sound is an embedded resource, and a resource has
 * a URI: the digest of its bytes (RFC 6920). It is the same for the same bytes and another for
 * others, tells nothing of the backend, and does not look as if it could be fetched.
 */
function toContent(body: Buffer, mimeType = 'application/octet-stream'): object {
  const data = body.toString('base64');
  const [type] = mimeType.split('/');
  if (type === 'image' || type === 'audio') return { type, data, mimeType };
  const uri = `ni:///sha-256;${hash('sha256', body, 'base64url')}`;
  return { type: 'resource', resource: { uri, mimeType, blob: data } };
}

function toContents(body: Buffer, { type, text: said }: Said): object[] {
  if (body.length === 0) return [];
  // SVG is text to everybody but those who asked for a picture.
  return [said === undefined || type === 'image/svg+xml' ? toContent(body, type) : text(said)];
}

/**
 * An answer of the backend as MCP tool result. One that is a tool result already (`content` is
 * an array of content blocks) passes verbatim; JSON becomes `structuredContent` and its text (in the
 * legacy era objects only); other text becomes text, other bytes an image, audio or embedded
 * resource; nothing becomes no content; an error status becomes `isError` with the message meant
 * for the reader.
 * @param backend the host of FUNCTIONS_BASE.
 */
export function toToolResult(answer: WholeAnswer, era: Era, backend: string): ToolResult {
  const said = readAnswer(answer);
  const { json } = said;
  const failed = answer.status >= 400;
  if (isToolResult(json)) return passNative(json, failed, era);
  if (failed) return { content: [text(errorText(answer, backend, said))], isError: true };
  const content = toContents(answer.body, said);
  return fits(json, era) ? { structuredContent: json, content } : { content };
}

/** A refusal the model can act on, as the MCP specification wants errors of a call itself. */
export const toErrorResult = (refusal: Refusal): ToolResult => ({
  content: [text(refusal.message)],
  isError: true,
});

/** Too little scope as ChatGPT wants to hear it: a result whose `_meta` carries the challenge. */
export const toChallengeResult = (refusal: Refusal, challenge: string): ToolResult => ({
  ...toErrorResult(refusal),
  _meta: { 'mcp/www_authenticate': [challenge] },
});
