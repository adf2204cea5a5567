import type { Mirrored } from '../../tools/mirrored.ts';
import { decodeHeaderValue, type Headers, headerMismatch, headerText } from './header-value.ts';
import { isObject } from './message.ts';

/** The value at the end of a chain of properties, own ones only. */
function valueAt(input: unknown, path: readonly string[]): unknown {
  let value = input;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

const integer = /^(-?\d+)(\.0+)?$/;

/**
 * Integers are compared as numbers: 42.0 is 42 (MCP 2026-07-28, server validation). One that a
 * double does not hold exactly matches nothing: the backend may read another from the same body.
 */
function matches(said: string, value: string | number | boolean): boolean {
  if (!Number.isInteger(value)) return said === String(value);
  const digits = integer.exec(said)?.[1];
  return digits !== undefined && Number.isSafeInteger(value) && BigInt(digits) === BigInt(value);
}

const isPrimitive = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/**
 * Compares the arguments a tool wants mirrored in headers (`x-mcp-header`) with those headers:
 * whoever routes by the header and whoever reads the body must see the same.
 * @param headers each value by itself: `eu, us` is another value than `eu` and `us`.
 * @param required false for the legacy era, which does not know them but must not deny them either.
 * @throws {ProtocolError} -32020
 */
export function checkMirrored(
  headers: Headers,
  mirrored: readonly Mirrored[],
  input: unknown,
  required = true,
): void {
  for (const { header, path } of mirrored) {
    const value = valueAt(input, path);
    const said = headerText(headers, header);
    if (!isPrimitive(value)) {
      if (said !== undefined) throw headerMismatch(`${header} stands for nothing in the body`);
      continue;
    }
    if (said === undefined) {
      if (required) throw headerMismatch(`${header} is missing`);
      continue;
    }
    const text = decodeHeaderValue(said);
    if (text === undefined || !matches(text, value)) {
      throw headerMismatch(`${header} does not match the body`);
    }
  }
}
