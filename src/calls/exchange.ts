import type { Dispatcher } from 'undici';
import { type Answer, allowedHeaders, type ExchangeEnd, ExchangeError } from './answer.ts';
import { type Body, createBody } from './body.ts';
import { type Limits, watch } from './watch.ts';

/** `timeoutMs` is for the whole exchange, up to the last byte the client takes. */
export interface ExchangeRequest extends Limits {
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: Uint8Array;
  /** Bytes of an answer that are accepted. */
  readonly mostBytes: number;
}

/** An answer known to be this short (bytes) is waited for, not streamed. */
const small = 64 * 1024;

type Received = Readonly<Record<string, string | string[] | undefined>>;

/** What is wrong with an answer before its first byte. */
function problemOf(status: number, headers: Received, mostBytes: number): ExchangeEnd | undefined {
  // RFC 9110 §15: no status of HTTP, and nothing a client could be told.
  if (status > 599) return 'failed';
  if (status >= 300 && status < 400) return 'redirected';
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return 'encoded_answer';
  return Number(headers['content-length']) > mostBytes ? 'answer_too_large' : undefined;
}

/**
 * One POST over the pool. `dispatch` and not `request`: no stream is built for a short answer.
 * Redirects are not followed, compressed answers not taken.
 * @throws {ExchangeError}; once the answer is given its stream fails with one.
 */
export function exchange(pool: Dispatcher, request: ExchangeRequest): Promise<Answer> {
  const { path, headers, body: sent, signal, mostBytes } = request;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new ExchangeError('aborted', false));
    let abort: (() => void) | undefined;
    let ended = false;
    let body: Body | undefined;
    let size = 0;

    const end = (): void => {
      ended = true;
      stop();
    };
    const fail = (how: ExchangeEnd, cause?: unknown): void => {
      end();
      const error = new ExchangeError(how, body !== undefined, cause);
      body?.fail(error);
      reject(error);
      abort?.();
    };
    const stop = watch(request, fail);

    pool.dispatch(
      { method: 'POST', path, headers, body: sent },
      {
        onRequestStart(controller) {
          abort = () => controller.abort(new Error('abandoned'));
          // Its turn in the queue came after its deadline: the backend must not see it.
          if (ended) abort();
        },
        onResponseStart(controller, status, received) {
          if (status < 200) return;
          const length = Number(received['content-length']);
          const source = {
            resume: () => controller.resume(),
            closed() {
              end();
              abort?.();
            },
          };
          const kept = allowedHeaders(received);
          body = createBody(length <= small, source, (bytes) => {
            if (Buffer.isBuffer(bytes)) end();
            else if (length) kept['content-length'] = String(length);
            resolve({ status, headers: kept, body: bytes });
          });
          const problem = problemOf(status, received, mostBytes);
          if (problem) fail(problem);
        },
        onResponseData(controller, chunk) {
          size += chunk.length;
          if (size > mostBytes) return fail('answer_too_large');
          if (body?.push(chunk) === false) controller.pause();
        },
        onResponseEnd: () => body?.end(),
        onResponseError: (_controller, error) => fail('failed', error),
      },
    );
  });
}
