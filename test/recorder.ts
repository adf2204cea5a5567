import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Teardown } from './gateway-process.ts';

/** One request as a backend got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, as they stood on the wire. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type AnswerWith = (response: ServerResponse, received: Received) => void;

export interface Recorder {
  /** Origin without a path. */
  readonly url: string;
  readonly received: Received[];
  /** What it answers; a test may change it. */
  answer: AnswerWith;
  close(): void;
}

/** Answers JSON with this status. */
export const json =
  (value: unknown, status = 200, headers: Record<string, string | string[]> = {}): AnswerWith =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };

/** A backend that remembers what it got; gone with the test. */
export async function startRecorder(t: Teardown, answer: AnswerWith = json({})): Promise<Recorder> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url: path = '', headers, rawHeaders } = request;
    const one = { method, path, headers, rawHeaders, body: Buffer.concat(chunks).toString() };
    received.push(one);
    recorder.answer(response, one);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  t.teardown(close);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const recorder: Recorder = { url, received, answer, close };
  return recorder;
}
