import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';

/** One request of the gateway. */
export interface Passed {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Relay {
  readonly url: string;
  /** What came by so far. */
  readonly passed: readonly Passed[];
  /** Origin of the server behind; to be set before the first request. */
  behind: string;
}

/** Stands before a backend and notes what comes by, bytes and Host untouched: signatures still hold. */
export async function startRelay(t: Test): Promise<Relay> {
  const passed: Passed[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const body = await text(incoming);
    passed.push({ headers, body });
    const onward = request(new URL(String(url), relay.behind), { method, headers, agent: false });
    onward.on('response', (answer) => {
      outgoing.writeHead(Number(answer.statusCode), answer.headers);
      answer.pipe(outgoing);
    });
    onward.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const relay: Relay = { url, passed, behind: '' };
  return relay;
}
