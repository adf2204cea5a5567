import { createParser } from 'eventsource-parser';
import type { Answer } from '../../calls/answer.ts';
import { Refusal } from '../../errors.ts';
import { isObject } from '../protocol/message.ts';
import { readMedia } from '../results/media.ts';
import { parseText, type WholeAnswer } from '../results/read-answer.ts';
import { createLines } from './ndjson.ts';

/** How far a tool is: more than the report before, in a unit of its own. */
export interface Progress {
  readonly progress: number;
  /** The same unit, where it is known. */
  readonly total?: number;
  readonly message?: string;
}

/** A line that is longer (bytes or characters) is no report and is not looked into. */
const longest = 64 * 1024;

/** Takes the bytes of an answer and gives its pieces: each is a report or may be the answer. */
interface Splitter {
  push(chunk: Buffer): void;
  end(): void;
}

/** A line as bytes, an event as text. */
type Piece = Buffer | string;

type OnPiece = (piece: Piece) => void;

/** WHATWG HTML §9.2: an event without the empty line at its end is none. */
function splitEvents(onPiece: OnPiece): Splitter {
  // The parser takes the byte order mark away.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parser = createParser({ onEvent: ({ data }) => onPiece(data) });
  return {
    push: (chunk) => parser.feed(decoder.decode(chunk, { stream: true })),
    end: () => {},
  };
}

const splitters: ReadonlyMap<string, (onPiece: OnPiece) => Splitter> = new Map([
  ['text/event-stream', splitEvents],
  ['application/x-ndjson', createLines],
  ['application/ndjson', createLines],
  ['application/jsonl', createLines],
]);

const splitterOf = (headers: Answer['headers']) =>
  splitters.get(readMedia(headers['content-type'])?.type ?? '');

/** Whether an answer is one that may report progress before it says its result. */
export const reportsProgress = (headers: Answer['headers']): boolean =>
  splitterOf(headers) !== undefined;

const shapes: Readonly<Record<string, (value: unknown) => boolean>> = {
  progress: Number.isFinite,
  total: Number.isFinite,
  message: (value) => typeof value === 'string',
};

const isReport = (json: unknown): json is Progress =>
  isObject(json) &&
  'progress' in json &&
  Object.entries(json).every(([key, value]) => Object.hasOwn(shapes, key) && shapes[key]?.(value));

const noAnswer = (): Refusal =>
  new Refusal('upstream_failed', {
    reason: 'no_answer',
    description: 'The backend ended its stream without an answer after the progress reports.',
  });

/**
 * Reads an answer that comes line by line (NDJSON) or event by event (server-sent events), and
 * tells each report of progress at once; one that does not exceed the last is passed over.
 * @returns the last line that is no report, as if it had been the whole body.
 * @throws {Refusal} `upstream_failed` (no_answer) without such a line; `ExchangeError` when the
 * answer breaks off.
 */
export async function readReports(
  { status, headers, body }: Answer,
  onProgress: (report: Progress) => void,
): Promise<WholeAnswer> {
  const split = splitterOf(headers) ?? createLines;
  let last = Number.NEGATIVE_INFINITY;
  let answer: Piece | undefined;

  const splitter = split((piece) => {
    const text = piece.length > longest ? undefined : piece.toString().trim();
    if (text === '') return;
    const json = text === undefined ? undefined : parseText(text);
    if (!isReport(json)) answer = piece;
    else if (json.progress > last) {
      last = json.progress;
      onProgress(json);
    }
  });

  if (Buffer.isBuffer(body)) splitter.push(body);
  else for await (const chunk of body) splitter.push(chunk);
  splitter.end();
  if (answer === undefined) throw noAnswer();
  const { 'content-length': _, ...rest } = headers;
  const isText = typeof answer === 'string' && parseText(answer) === undefined;
  return {
    status,
    headers: { ...rest, 'content-type': isText ? 'text/plain' : 'application/json' },
    body: typeof answer === 'string' ? Buffer.from(answer) : answer,
  };
}
