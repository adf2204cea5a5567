import { codes, ProtocolError } from '../protocol/message.ts';

/** Entries of a list in one answer: more than nearly every catalog has. */
export const pageSize = 200;

const encode = (key: string): string => Buffer.from(key).toString('base64url');

/**
 * The part of a list that a cursor asks for (MCP, pagination). A cursor names the last entry of
 * the page before, so that it holds on every replica.
 * @throws {ProtocolError} -32602 for a cursor that is none of ours, or whose entry is gone.
 */
export function page<T>(
  entries: readonly T[],
  keyOf: (entry: T) => string,
  cursor: unknown,
): { readonly entries: readonly T[]; readonly nextCursor?: string } {
  let start = 0;
  if (cursor !== undefined) {
    start = entries.findIndex((entry) => encode(keyOf(entry)) === cursor) + 1;
    if (start === 0) throw new ProtocolError(codes.invalidParams, 'There is no such cursor.');
  }
  const part = entries.slice(start, start + pageSize);
  const last = part.at(-1);
  const more = last !== undefined && start + part.length < entries.length;
  return more ? { entries: part, nextCursor: encode(keyOf(last)) } : { entries: part };
}
