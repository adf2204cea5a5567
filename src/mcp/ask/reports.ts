import { createParser } from 'eventsource-parser';
import type { Answer } from '../../calls/answer.ts';
import { Refusal } from '../../errors.ts';
import { isObject } from '../protocol/message.ts';
import { isStream, readMedia } from '../results/media.ts';
import { parseText, type Stream, type WholeAnswer } from '../results/read-answer.ts';
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

/** WHATWG HTML §9.2, but an event needs no empty line at the end of the stream. */
function splitEvents(onPiece: OnPiece): Splitter {
  // The parser takes the byte order mark away.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parser = createParser({
    // What says that a stream of chat completions is over says nothing else.
    onEvent: ({ data }) => data.trim() !== '[DONE]' && onPiece(data),
  });
  return {
    push: (chunk) => parser.feed(decoder.decode(chunk, { stream: true })),
    end: () => parser.feed(`${decoder.decode()}\n\n`),
  };
}

const typeOf = (headers: Answer['headers']): string | undefined => headers['content-type'];

/** Whether an answer is one that may report progress before it says its result. */
export const reportsProgress = (headers: Answer['headers']): boolean => isStream(typeOf(headers));

const isFiniteNumber = (value: unknown): value is number => Number.isFinite(value);
const isAbsent = (value: unknown): boolean => value === undefined || value === null;
const members: ReadonlySet<string> = new Set(['progress', 'total', 'message']);

/** A report of progress; null is as good as absent. Undefined where it is something else. */
function readReport(json: unknown): Progress | undefined {
  if (!isObject(json) || !Object.keys(json).every((key) => members.has(key))) return undefined;
  const { progress, total, message } = json;
  if (!isFiniteNumber(progress)) return undefined;
  if (!isAbsent(total) && !isFiniteNumber(total)) return undefined;
  if (!isAbsent(message) && typeof message !== 'string') return undefined;
  return {
    progress,
    ...(isFiniteNumber(total) ? { total } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  };
}

const noAnswer = (): Refusal =>
  new Refusal('upstream_failed', {
    reason: 'no_answer',
    description: 'The backend ended its stream without an answer after the progress reports.',
  });

/** What one piece is as the whole answer. An event may be text, a line is JSON or a mistake. */
function alone({ status, headers }: Answer, piece: Piece, stream: Stream): WholeAnswer {
  const isText = typeof piece === 'string' && parseText(piece) === undefined;
  return {
    status,
    headers: { ...headers, 'content-type': isText ? 'text/plain' : 'application/json' },
    body: typeof piece === 'string' ? Buffer.from(piece) : piece,
    stream,
  };
}

/**
 * Reads an answer that comes line by line (NDJSON) or event by event (server-sent events), and
 * tells each report of progress at once; one that does not exceed the last is passed over.
 * @returns the one piece that is no report, as if it had been the whole body. With several such
 * pieces the answer is data, and comes back as it came; without any piece it is empty.
 * @throws {Refusal} `upstream_failed` (no_answer) when there are reports and nothing else;
 * `ExchangeError` when the answer breaks off.
 */
export async function readReports(
  answer: Answer,
  onProgress: (report: Progress) => void,
): Promise<WholeAnswer> {
  const { status, headers, body: source } = answer;
  let last = Number.NEGATIVE_INFINITY;
  let reported = false;
  let others = 0;
  let one: Piece = '';

  const split =
    readMedia(typeOf(headers))?.type === 'text/event-stream' ? splitEvents : createLines;
  const splitter = split((piece) => {
    const text = piece.length > longest ? undefined : piece.toString().trim();
    if (text === '') return;
    const report = text === undefined ? undefined : readReport(parseText(text));
    if (!report) {
      others += 1;
      one = piece;
      return;
    }
    reported = true;
    if (report.progress <= last) return;
    last = report.progress;
    onProgress(report);
  });

  const chunks: Buffer[] = [];
  for await (const chunk of Buffer.isBuffer(source) ? [source] : source) {
    chunks.push(chunk);
    splitter.push(chunk);
  }
  splitter.end();
  const body = Buffer.concat(chunks);
  if (others > 1) return { status, headers, body };
  if (others === 1) return alone(answer, one, { headers, body, reported });
  if (reported) throw noAnswer();
  return { status, headers, body: Buffer.alloc(0) };
}
