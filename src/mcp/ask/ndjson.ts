const lineFeed = 0x0a;

export interface Lines {
  push(chunk: Buffer): void;
  /** What follows the last line feed is a line too, unless it is empty. */
  end(): void;
}

/**
 * Splits bytes into lines at \n alone (NDJSON; a \r before it is white space of JSON). Bytes and
 * not text, so that a character may stand across the border of two chunks. Keeps the unfinished
 * line only.
 */
export function createLines(onLine: (line: Buffer) => void): Lines {
  let begun: Buffer[] = [];

  const finish = (rest: Buffer): void => {
    const line = begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
    begun = [];
    onLine(line);
  };

  return {
    push(chunk) {
      let start = 0;
      let end = chunk.indexOf(lineFeed);
      while (end !== -1) {
        finish(chunk.subarray(start, end));
        start = end + 1;
        end = chunk.indexOf(lineFeed, start);
      }
      if (start < chunk.length) begun.push(chunk.subarray(start));
    },
    end() {
      if (begun.length > 0) finish(Buffer.alloc(0));
    },
  };
}
