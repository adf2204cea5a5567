import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One answer as it stood on the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A request that no HTTP library would send. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** The bytes of a request, one character a byte: nothing is checked, encoded or added. */
export function toBytes({ method, target, headers, body }: WireRequest): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const text = `${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${body}`;
  return Buffer.from(text, 'latin1');
}

const statusLine = /^HTTP\/1\.1 (\d{3})[^\r\n]*\r\n/;

/** One answer at the start of `text` and what follows it; undefined when it is not whole yet. */
function readOne(text: string): { answer: WireAnswer; rest: string } | undefined {
  const status = statusLine.exec(text)?.[1];
  const end = text.indexOf('\r\n\r\n');
  if (status === undefined || end < 0) return undefined;
  const lines = text.slice(0, end).split('\r\n').slice(1);
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const start = end + 4;
  const length = Number(headers.get('content-length') ?? 0);
  if (text.length < start + length) return undefined;
  const body = text.slice(start, start + length);
  return { answer: { status: Number(status), headers, body }, rest: text.slice(start + length) };
}

/** Every whole answer in `text`, without interim ones (1xx). */
export function readAnswers(text: string): WireAnswer[] {
  const answers: WireAnswer[] = [];
  let rest = text;
  for (let read = readOne(rest); read; read = readOne(rest)) {
    if (read.answer.status >= 200) answers.push(read.answer);
    rest = read.rest;
  }
  return answers;
}

export interface Conversation {
  readonly socket: Socket;
  /** All that was answered so far. */
  text(): string;
  /** Resolves once `count` answers are there or the gateway has closed. */
  answers(count?: number): Promise<WireAnswer[]>;
}

/** Opens a connection and says these bytes. */
export function converse(url: string, bytes: string | Buffer): Conversation {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.setNoDelay(true);
  let text = '';
  let closed = false;
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    text += chunk;
    socket.emit('more');
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
    socket.emit('more');
  });
  socket.write(bytes);
  return {
    socket,
    text: () => text,
    async answers(count = 1) {
      while (!closed && readAnswers(text).length < count) await once(socket, 'more');
      return readAnswers(text);
    },
  };
}

/**
 * Says these bytes and waits for an answer; who is not answered within `patience` milliseconds
 * (the bytes are no whole request) hangs up.
 */
export async function speak(
  url: string,
  bytes: string | Buffer,
  patience = 300,
): Promise<WireAnswer[]> {
  const { socket, answers } = converse(url, bytes);
  const timer = setTimeout(() => socket.destroy(), patience);
  const found = await answers();
  clearTimeout(timer);
  socket.destroy();
  return found;
}
