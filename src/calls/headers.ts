import { randomBytes } from 'node:crypto';
import type { Grant } from './authorize.ts';
import { sign } from './sign.ts';

/** One request to the backend, before its headers. */
export interface Unsigned {
  readonly grant: Grant;
  readonly path: string;
  readonly body: Uint8Array;
  readonly requestId: string;
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
  return ({ grant, path, body, requestId, traceparent, authorization }) => {
    const identity: (readonly [string, string])[] = [
      ...(grant.caller?.headers ?? []),
      ['x-tool-name', grant.tool.name],
      ['x-request-id', requestId],
    ];
    const message = { method: 'POST', authority, path, body, headers: identity };
    const created = Math.floor(Date.now() / 1000);
    const nonce = randomBytes(16).toString('base64url');
    const signature = secret === undefined ? [] : sign(message, { secret, created, nonce });
    const headers = [...plain, ...identity, ...signature].flat();
    if (traceparent !== undefined) headers.push('traceparent', traceparent);
    if (authorization !== '') headers.push('authorization', authorization);
    return headers;
  };
}
