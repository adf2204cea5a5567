import { randomUUID } from 'node:crypto';
import { type OutgoingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Refusal, refusalBody } from './errors.ts';

/** All that is known of a request that never was one. */
interface Unread {
  readonly id: string;
  readonly toolName: undefined;
  readonly caller: undefined;
  readonly began: 0;
  readonly span: undefined;
}

type OnClientError = (error: Error & { readonly code?: string }, socket: Socket) => void;

/** What node:http has a status of its own for, by the code of its error; the rest is 400. */
const known: ReadonlyMap<unknown, readonly [status: number, description: string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'The headers are larger than the gateway accepts.']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'The request did not arrive in time.']],
]);

/** The answer whose turn it is on this connection, as node:http keeps it. */
const answering = (socket: Socket): OutgoingMessage | undefined =>
  (socket as Socket & { _httpMessage?: OutgoingMessage | null })._httpMessage ?? undefined;

/**
 * Makes what answers bytes that never become a request: our own JSON body, then the connection
 * ends. Nothing is written into an answer that has begun.
 */
export function answerClientError(
  onRefused: (request: Unread, refusal: Refusal) => void,
): OnClientError {
  return (error, socket) => {
    if (!socket.writable || answering(socket)?.headersSent) return void socket.destroy(error);
    const [status, description] = known.get(error.code) ?? [400, undefined];
    const refusal = new Refusal('invalid_request', {
      status,
      ...(description === undefined ? {} : { description }),
      cause: error,
    });
    const id = randomUUID();
    onRefused({ id, toolName: undefined, caller: undefined, began: 0, span: undefined }, refusal);
    const body = JSON.stringify(refusalBody(refusal, id));
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${id}`,
      'connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    socket.destroySoon();
  };
}
