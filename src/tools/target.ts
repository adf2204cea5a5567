import type { Annotations } from './annotations.ts';
import type { Validate } from './validate.ts';

/** What a call is forwarded to. */
export interface Target {
  /** `x-tool-name`: a tool's own, else `resources/NAME` or `prompts/NAME`. */
  readonly name: string;
  /** Below FUNCTIONS_BASE. */
  readonly path: string;
  /** All are required; empty = a token but no scope. */
  readonly scopes: readonly string[];
  /** Callable without a token. */
  readonly public: boolean;
  /** Deadline, milliseconds. */
  readonly timeoutMs: number;
  readonly maxConcurrent: number;
  readonly maxQueued: number;
  readonly maxAnswerBytes: number;
  readonly rateLimitPerMinute?: number | undefined;
  readonly annotations: Annotations;
  /** The backend may answer that it needs input first (MCP 2026-07-28, multi round-trip). */
  readonly interactive: boolean;
  readonly checkInput: Validate;
}

type Called = Omit<Target, 'name' | 'annotations' | 'checkInput'>;

/** To read a resource or to fill a prompt changes nothing, as the specification has it. */
const reading: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
};

type Limits = 'timeoutMs' | 'maxConcurrent' | 'maxQueued' | 'maxAnswerBytes';
type Listed<T> = Omit<Omit<T, 'path' | Limits>, 'rateLimitPerMinute' | 'interactive'>;

/** What a resource or a prompt sends is checked before: it comes from a URI, or is all texts. */
const fits = (): undefined => undefined;

/** Takes an entry with a `path` apart: what is listed, and the target behind it. */
export function splitSource<T extends Called>(
  name: string,
  entry: T,
): { readonly listed: Listed<T>; readonly source: Target } {
  const { path, timeoutMs, maxConcurrent, maxQueued, maxAnswerBytes, ...others } = entry;
  const { rateLimitPerMinute, interactive, ...listed } = others;
  const { scopes, public: open } = entry;
  const limits = { timeoutMs, maxConcurrent, maxQueued, maxAnswerBytes, rateLimitPerMinute };
  const source = { name, path, scopes, public: open, ...limits, interactive };
  return { listed, source: { ...source, annotations: reading, checkInput: fits } };
}
