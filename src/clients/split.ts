const [tab, newLine, carriageReturn, space] = [9, 10, 13, 32];
const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

const isBlank = (code: number): boolean =>
  code === space || code === newLine || code === carriageReturn || code === tab;

/** The first place from `start` on that is not blank. */
function skipBlank(text: string, start: number): number {
  let at = start;
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** The place after the string that begins at `start`. */
function skipString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Where the element that begins at `start` ends: at a comma or the end of its array, or of the text. */
function endOfElement(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = skipString(text, at);
      continue;
    }
    if (depth === 0 && (code === comma || code === closeArray)) return at;
    if (code === openObject || code === openArray) depth += 1;
    else if (code === closeObject || code === closeArray) depth -= 1;
    at += 1;
  }
  return at;
}

function* lines(text: string): Generator<string> {
  for (const line of text.split(/[\r\n]+/)) if (line.trim() !== '') yield line;
}

/** The elements of the array that begins at `start`; returns the place after it. */
function* elements(text: string, start: number): Generator<string, number> {
  let at = skipBlank(text, start + 1);
  if (text.charCodeAt(at) === closeArray) return at + 1;
  for (;;) {
    const end = endOfElement(text, at);
    const element = text.slice(at, end);
    if (end === text.length) {
      // It was cut off, or is no array: a line of it may still be a record.
      yield* lines(element);
      return end;
    }
    yield element;
    at = end + 1;
    if (text.charCodeAt(end) === closeArray) return at;
  }
}

/** The place of the first line break from `start` on. */
function endOfLine(text: string, start: number): number {
  const breaks = /[\r\n]/g;
  breaks.lastIndex = start;
  return breaks.exec(text)?.index ?? text.length;
}

/**
 * Cuts JSON lines and JSON arrays into the texts of their values, one at a time and without parsing
 * them, so that the reader of a large delivery can pause. What is cut off or broken comes as a text
 * that is no JSON.
 */
export function* split(text: string): Generator<string> {
  let at = skipBlank(text, 0);
  while (at < text.length) {
    if (text.charCodeAt(at) === openArray) {
      at = yield* elements(text, at);
    } else {
      const end = endOfLine(text, at);
      yield text.slice(at, end);
      at = end;
    }
    at = skipBlank(text, at);
  }
}
