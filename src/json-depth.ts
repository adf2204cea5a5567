/** Far more than any schema of a tool, far less than what overflows the stack of a recursive walk. */
export const deepest = 100;

const [quote, backslash] = [0x22, 0x5c];
const [openArray, openObject, closeArray, closeObject] = [0x5b, 0x7b, 0x5d, 0x7d];

/** Index of the quote that ends the string begun before `start`; the end of `text` without one. */
function endOfString(text: string, start: number): number {
  let i = start;
  while (i < text.length && text.charCodeAt(i) !== quote) {
    i += text.charCodeAt(i) === backslash ? 2 : 1;
  }
  return i;
}

/** True when a text has more than `most` brackets that open, in strings or outside. */
function hasMore(text: string, most: number): boolean {
  let left = most;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      left -= 1;
      if (left < 0) return true;
    }
  }
  return false;
}

/**
 * True when a JSON text nests objects and arrays deeper than `most` levels. Parsing such a text
 * is harmless, but judging and writing it again is recursive and would end in a stack overflow.
 */
export function nestsDeeper(text: string, most = deepest): boolean {
  // Each level opens one bracket: nearly every text has fewer, and to count them costs next to nothing.
  if (!hasMore(text, most)) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === quote) i = endOfString(text, i + 1);
    else if (code === openObject || code === openArray) depth += 1;
    else if (code === closeObject || code === closeArray) depth -= 1;
    if (depth > most) return true;
  }
  return false;
}
