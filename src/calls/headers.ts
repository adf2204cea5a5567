import { randomUUID } from 'node:crypto';
import type { Grant } from './authorize.ts';
import { createSign, type Sign } from './sign.ts';

/** One request to the backend, before its headers. */
export interface Unsigned {
  readonly grant: Grant;
  readonly path: string;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly hints: string | undefined;
  /** W3C Trace Context. */
  readonly traceparent: string | undefined;
  /** What the backend wants of the gateway itself; '' = nothing. */
  readonly authorization: string;
}

/** Nothing here unpacks an answer. */
const plain = [
  ['content-type', 'application/json'],
  ['accept-encoding', 'identity'],
] as const;

/**
 * Makes the function that gives a request its headers, names and values in turn: who calls, signed
 * anew each time. Nothing of the client's own headers is among them.
 * @param secret undefined = unsigned.
 */
export function createHeaders(
  authority: string,
  secret: string | undefined,
): (request: Unsigned) => string[] {
  const sign: Sign = secret === undefined ? () => [] : createSign(secret);
  return ({ grant, path, body, requestId, hints, traceparent, authorization }) => {
    const identity: (readonly [string, string])[] = [
      ...(grant.caller?.headers ?? []),
      ['x-tool-name', grant.tool.name],
      ['x-request-id', requestId],
    ];
    if (hints !== undefined) identity.push(['x-client-hints', hints]);
    const message = { method: 'POST', authority, path, body, headers: identity };
    const created = Math.floor(Date.now() / 1000);
    // Node draws the randomness of many at once; a call of its own costs ten times as much.
    const moment = { created, nonce: randomUUID() };
    const headers = [...plain, ...identity, ...sign(message, moment)].flat();
    if (traceparent !== undefined) headers.push('traceparent', traceparent);
    if (authorization !== '') headers.push('authorization', authorization);
    return headers;
  };
}
