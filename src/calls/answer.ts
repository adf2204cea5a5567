import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Refusal } from '../errors.ts';

/** One answer of a backend. */
export interface Answer {
  readonly status: number;
  /** Allow-listed headers only, lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whole where it is small; else a stream, which fails with an {@link ExchangeError}. */
  readonly body: Buffer | Readable;
}

/** Answers that came and cannot be used; the word goes into the refusal, with its sentence. */
const unusable = {
  redirected: 'The backend answered with a redirect, and redirects are not followed.',
  answer_too_large: "The answer of the backend is larger than the tool's maxAnswerBytes.",
  encoded_answer: 'The backend compressed its answer though it was asked not to (accept-encoding).',
} as const;

export type Unusable = keyof typeof unusable;

/** `failed`: the connection; `unusable`: the backend is up, but not what it answered. */
export type ExchangeEnd = 'timeout' | 'aborted' | 'failed' | Unusable;

function detailOf(end: ExchangeEnd): { reason?: string; description?: string } {
  if (end === 'timeout' || end === 'failed') return {};
  if (end === 'aborted') return { reason: 'client_gone' };
  return { reason: end, description: unusable[end] };
}

/** Why an exchange gave no answer; `late` once a response byte had arrived. */
export class ExchangeError extends Refusal {
  readonly end: ExchangeEnd;
  readonly late: boolean;

  constructor(end: ExchangeEnd, late: boolean, cause?: unknown) {
    super(end === 'timeout' ? 'upstream_timeout' : 'upstream_failed', { ...detailOf(end), cause });
    this.name = 'ExchangeError';
    this.end = end;
    this.late = late;
  }
}

const passing = [
  'content-type',
  'content-language',
  'cache-control',
  'etag',
  'last-modified',
  'retry-after',
] as const;

/** The headers that pass; one that stands twice is none. */
export function allowedHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of passing) {
    const value = headers[name];
    if (typeof value === 'string') kept[name] = value;
  }
  return kept;
}

/**
 * The same answer with all its bytes, for a door that has to read them.
 * @throws {ExchangeError} when it breaks off.
 */
export async function whole(answer: Answer): Promise<Answer & { readonly body: Buffer }> {
  const { body } = answer;
  return { ...answer, body: Buffer.isBuffer(body) ? body : await buffer(body) };
}
