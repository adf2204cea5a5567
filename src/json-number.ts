/** What a number needs to be beyond every double: a great exponent, or very many digits. */
const suspect = /\d(?:[eE]\+?\d{3}|\d{308})/;

function holdsInfinity(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsInfinity);
}

/**
 * True when a number of a JSON text is too great for a double: it was read as Infinity and would be
 * written as null (RFC 8259 §6), so that what is judged would not be what is forwarded.
 * @param value what the text was parsed to; no deeper than a walk through it may go.
 */
export const overflows = (text: string, value: unknown): boolean =>
  suspect.test(text) && holdsInfinity(value);
