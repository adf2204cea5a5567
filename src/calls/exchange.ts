import type { Dispatcher } from 'undici';

/** One answer of a backend, whole. */
export interface Answer {
  readonly status: number;
  /** Allow-listed headers only, lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Why an exchange gave no answer; `late` once a response byte had arrived. */
export class ExchangeError extends Error {
  readonly kind: 'timeout' | 'aborted' | 'failed';
  readonly late: boolean;

  constructor(kind: ExchangeError['kind'], late: boolean, cause?: unknown) {
    super(`the exchange with the backend ended: ${kind}`, { cause });
    this.name = 'ExchangeError';
    this.kind = kind;
    this.late = late;
  }
}

export interface ExchangeRequest {
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: Uint8Array;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs: number;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

const passing = [
  'content-type',
  'content-language',
  'cache-control',
  'etag',
  'last-modified',
  'retry-after',
] as const;

/** Bytes of an answer that are held in memory at most. */
const mostBytes = 10 * 1024 * 1024;

function allowed(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of passing) {
    const value = headers[name];
    if (typeof value === 'string') kept[name] = value;
  }
  return kept;
}

/**
 * One POST over the pool. `dispatch` and not `request`: no stream is built per call.
 * Redirects are not followed: a 3xx is a failure.
 * @throws {ExchangeError} and nothing else: undici reports its own refusals the same way.
 */
export function exchange(pool: Dispatcher, request: ExchangeRequest): Promise<Answer> {
  const { path, headers, body, timeoutMs, signal } = request;
  return new Promise((resolve, reject) => {
    let abort: (() => void) | undefined;
    let ended = false;
    let answered = false;
    let status = 0;
    let kept: Record<string, string> = {};
    let size = 0;
    const chunks: Buffer[] = [];

    const end = (): void => {
      ended = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', goneAway);
    };
    const fail = (kind: ExchangeError['kind'], cause?: unknown): void => {
      end();
      reject(new ExchangeError(kind, answered, cause));
      abort?.();
    };
    const goneAway = (): void => fail('aborted');
    const timer = setTimeout(() => fail('timeout'), timeoutMs);
    if (signal.aborted) return goneAway();
    signal.addEventListener('abort', goneAway);

    pool.dispatch(
      { method: 'POST', path, headers, body },
      {
        onRequestStart(controller) {
          abort = () => controller.abort(new Error('abandoned'));
          // Its turn in the queue came after its deadline: the backend must not see it.
          if (ended) abort();
        },
        onResponseStart(_controller, statusCode, received) {
          if (statusCode < 200) return;
          answered = true;
          status = statusCode;
          kept = allowed(received);
          if (statusCode >= 300 && statusCode < 400) fail('failed', new Error('redirect'));
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size > mostBytes) return fail('failed', new Error('answer too large'));
          chunks.push(chunk);
        },
        onResponseEnd() {
          end();
          const [only] = chunks;
          const whole = chunks.length === 1 && only ? only : Buffer.concat(chunks);
          resolve({ status, headers: kept, body: whole });
        },
        onResponseError: (_controller, error) => fail('failed', error),
      },
    );
  });
}
