import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { interactive } from './ask.ts';
import type { Fixtures, Report, Round } from './fixture.ts';
import { answering, asking } from './tools.ts';

/** Everything behind the catalog of catalog.json that is not answered by the gateway itself. */
export const fixtures: Fixtures = {
  ...answering,
  ...asking,
  ...interactive,
  watched: () => ({
    contents: [
      { uri: 'test://watched-resource', mimeType: 'text/plain', text: 'Watched resource content' },
    ],
  }),
  template: ({ arguments: { id } }) => ({
    id,
    templateTest: true,
    data: `Data for ID: ${id}`,
  }),
};

const asks = new Set(Object.keys({ ...asking, ...interactive }));

export interface FixtureBackend {
  readonly url: string;
  /** Which fixtures were asked for since the last time somebody wanted to know. */
  taken(): ReadonlySet<string>;
  close(): void;
}

const json = (value: unknown) => JSON.stringify(value);

/** An interactive target gets an envelope, every other one the bare arguments. */
function readRound(name: string, body: string): Round {
  const sent = JSON.parse(body) as Record<string, unknown>;
  return asks.has(name) ? (sent as unknown as Round) : { arguments: sent, clientCapabilities: {} };
}

/** Answers one call: NDJSON as soon as there is progress to report, JSON otherwise. */
async function answer(name: string, body: string, response: ServerResponse): Promise<void> {
  const fixture = fixtures[name];
  if (!fixture) return void response.writeHead(404).end();
  const report: Report = async (progress) => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write(`${json(progress)}\n`);
  };
  try {
    const said = await fixture(readRound(name, body), report);
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
    response.end(json(said));
  } catch (error) {
    response.writeHead(500, { 'content-type': 'application/json' });
    response.end(json({ error: (error as Error).message }));
  }
}

/** The tools, resources and prompts the suite expects, as HTTP functions on loopback. */
export async function startBackend(): Promise<FixtureBackend> {
  let seen = new Set<string>();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = String(request.url).slice(1);
    if (fixtures[name]) seen.add(name);
    await answer(name, await readText(request), response);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken() {
      const taken = seen;
      seen = new Set();
      return taken;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
