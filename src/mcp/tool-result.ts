import type { Refusal } from '../errors.ts';
import { nestsDeeper } from '../json-depth.ts';

/** What the result of a tool is made from. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface ToolResult {
  readonly content: readonly unknown[];
  readonly structuredContent?: object;
  readonly isError?: boolean;
  readonly _meta?: object;
}

const text = (value: string) => ({ type: 'text', text: value });

function parse(answer: Answer): unknown {
  if (!/^application\/([\w.-]+\+)?json\b/i.test(answer.headers['content-type'] ?? '')) {
    return undefined;
  }
  const json = answer.body.toString();
  // What could not be written again stays the text it is.
  if (nestsDeeper(json)) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Other JSON has a `content` too, a page of a list for instance. */
const isToolResult = (json: unknown): json is ToolResult =>
  isObject(json) &&
  Array.isArray(json['content']) &&
  json['content'].every((item) => isObject(item) && typeof item['type'] === 'string');

/**
 * What an error body says to its reader, the most telling first: `{"error": {"message"}}`,
 * `{"message"}`, a problem document (RFC 9457), an OAuth error, `{"error": "…"}`.
 */
function errorText(status: number, json: unknown): string {
  const { error, message, detail, error_description, title } = isObject(json) ? json : {};
  const nested = isObject(error) ? error['message'] : undefined;
  const candidates = [nested, message, detail, error_description, error, title];
  const said = candidates.find((value) => typeof value === 'string');
  return typeof said === 'string' ? said : `The tool failed with status ${status}.`;
}

/**
 * An answer of the backend as MCP tool result. One that is a tool result already (`content` is
 * an array of typed items) passes verbatim; a JSON object becomes `structuredContent` and its text; all else
 * becomes text; an error status becomes `isError` with the message meant for the reader.
 */
export function toToolResult(answer: Answer): ToolResult {
  const json = parse(answer);
  const failed = answer.status >= 400;
  if (isToolResult(json)) {
    return { ...json, ...(failed ? { isError: true } : {}) };
  }
  if (failed) return { content: [text(errorText(answer.status, json))], isError: true };
  const content = [text(answer.body.toString())];
  return isObject(json) ? { structuredContent: json, content } : { content };
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
