import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as after } from 'node:timers/promises';

export type Mood = 'well' | 'resets' | 'hangs' | 'half' | 'errors';

/** A backend that says for whom and for what it was called, and has bad moments. */
export interface SoakBackend {
  readonly url: string;
  mood(mood: Mood): void;
  /** True when it was not well at some time since `at` (performance.now()). */
  unwellSince(at: number): boolean;
  /** What it was called for and never should have been. */
  readonly wrong: string[];
  close(): void;
}

/** After a bad moment the breaker may refuse a little longer, milliseconds. */
const recovery = 4_000;

/** Milliseconds that these tools take. */
const delays: ReadonlyMap<string, number> = new Map([
  ['/unhurried', 200],
  ['/late', 1500],
]);

const misbehave: Readonly<Record<Exclude<Mood, 'well'>, (response: ServerResponse) => void>> = {
  resets: (response) => void response.destroy(),
  hangs: (response) => void after(3_000).then(() => response.destroy()),
  half: (response) => void response.writeHead(200).write('{"half":', () => response.destroy()),
  errors: (response) => void response.writeHead(500).end('{"error":"of the backend"}'),
};

export async function startBackend(): Promise<SoakBackend> {
  let mood: Mood = 'well';
  let unwellUntil = Number.NEGATIVE_INFINITY;
  const wrong: string[] = [];
  const written = new Set<string>();
  /** Notes what it never should have been called for. */
  const inspect = ({ url, headers }: IncomingMessage, nonce = ''): void => {
    if (!nonce.startsWith('good')) wrong.push(`${url} was called with ${nonce}`);
    if (headers['authorization']) wrong.push('a token was passed on');
    if (url !== '/write') return;
    if (written.has(nonce)) wrong.push(`${nonce} was written twice`);
    written.add(nonce);
  };
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return;
    const { nonce } = JSON.parse(body) as { nonce?: string };
    inspect(request, nonce);
    if (mood !== 'well') return misbehave[mood](response);
    const delay = delays.get(String(request.url));
    if (delay) await after(delay);
    const answer = JSON.stringify({ nonce, user: request.headers['x-user-id'] });
    response.setHeader('content-type', 'application/json').end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mood(newMood) {
      if (mood !== 'well') unwellUntil = performance.now() + recovery;
      mood = newMood;
    },
    unwellSince: (at) => mood !== 'well' || at < unwellUntil,
    wrong,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
