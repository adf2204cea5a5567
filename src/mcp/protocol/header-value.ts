import { codes, ProtocolError } from './message.ts';

/** A header that does not say what the body says (MCP 2026-07-28, server validation). */
export const headerMismatch = (what: string): ProtocolError =>
  new ProtocolError(codes.headerMismatch, `Header mismatch: ${what}`, { status: 400 });

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const sentinel = /^=\?base64\?(.*)\?=$/;
const plain = /^[\t\x20-\x7e]*$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text a header carries: as it is, or in base64 as `=?base64?…?=` (MCP 2026-07-28, value
 * encoding).
 * @returns undefined when it holds what no header may hold, or when its encoding is broken.
 */
export function decodeHeaderValue(value: string): string | undefined {
  if (!plain.test(value)) return undefined;
  const encoded = sentinel.exec(value)?.[1];
  if (encoded === undefined) return value;
  if (!base64.test(encoded)) return undefined;
  try {
    return utf8.decode(Buffer.from(encoded, 'base64'));
  } catch {
    return undefined;
  }
}

/** Names in lower case; several values = the header stood several times. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** One header as a text; one that stood twice becomes what no header can say. */
export function headerText(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join('\n') : value;
}

type Read = (value: string) => string | undefined;

/**
 * Compares a header with what the body says.
 * @param read as it is for method and version, which are never encoded.
 * @throws {ProtocolError} -32020 when it is missing, unreadable or says something else.
 */
export function checkHeader(
  headers: Headers,
  name: string,
  expected: string,
  read: Read = decodeHeaderValue,
): void {
  const value = headerText(headers, name);
  if (value === undefined) throw headerMismatch(`${name} is missing`);
  if (read(value) === expected) return;
  throw headerMismatch(`${name} does not match the body`);
}
