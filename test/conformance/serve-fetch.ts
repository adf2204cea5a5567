import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Teardown } from '../gateway-process.ts';

/** A request of node:http as the fetch standard has it. */
function toRequest({ method = 'GET', url, headers, rawHeaders }: IncomingMessage, body: Buffer) {
  const pairs: [string, string][] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    pairs.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
  }
  const content = body.length > 0 ? { body: new Uint8Array(body) } : {};
  return new Request(`http://${headers.host}${url}`, { method, headers: pairs, ...content });
}

/**
 * Serves a handler of the fetch standard on loopback.
 * @returns its origin.
 */
export async function serveFetch(
  t: Teardown,
  handle: (request: Request) => Promise<Response>,
): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    try {
      const answer = await handle(toRequest(incoming, await buffer(incoming)));
      outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
      outgoing.flushHeaders();
      if (!answer.body) return void outgoing.end();
      await pipeline(Readable.fromWeb(answer.body as ReadableStream), outgoing);
    } catch {
      outgoing.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
