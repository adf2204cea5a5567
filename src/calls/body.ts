import { Readable } from 'node:stream';

/** The connection a body comes from. */
export interface Source {
  /** Asks for more after a push that returned false. */
  readonly resume: () => void;
  /** Called when nobody reads the stream any more, after its end too. */
  readonly closed: () => void;
}

export interface Body {
  /** @returns false when the source should pause. */
  push(chunk: Buffer): boolean;
  end(): void;
  fail(error: Error): void;
}

/**
 * Collects the body of an answer. A `small` one is given whole. Of any other what came at once is
 * given whole when that was all, and else as a stream that begins with it: most answers are short,
 * and a stream costs more than they do.
 */
export function createBody(
  small: boolean,
  { resume, closed }: Source,
  ready: (body: Buffer | Readable) => void,
): Body {
  const chunks: Buffer[] = [];
  let stream: Readable | undefined;
  let opening: NodeJS.Immediate | undefined;

  const open = (): void => {
    stream = new Readable({
      read: resume,
      destroy(error, done) {
        closed();
        done(error);
      },
    });
    // Whoever reads it hears of the error too; one that nobody reads must not end the process.
    stream.on('error', () => {});
    for (const chunk of chunks) stream.push(chunk);
    ready(stream);
  };

  return {
    push(chunk) {
      if (stream) return stream.push(chunk);
      chunks.push(chunk);
      if (!small) opening ??= setImmediate(open);
      return true;
    },
    end() {
      clearImmediate(opening);
      if (stream) return void stream.push(null);
      const [only] = chunks;
      ready(chunks.length === 1 && only ? only : Buffer.concat(chunks));
    },
    fail(error) {
      clearImmediate(opening);
      stream?.destroy(error);
    },
  };
}
