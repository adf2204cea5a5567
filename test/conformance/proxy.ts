import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as open,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

export interface Proxy {
  /** Its origin; no slash at the end. */
  readonly url: string;
  /** Where it passes requests on to; nothing passes before this is said. */
  passTo(target: string, token?: string): void;
  close(): void;
}

/**
 * A person who is signed in, in front of clients that cannot be: adds an access token and passes all
 * else on as it is, Host and Origin included. Nothing is held back, neither a request nor an answer.
 */
export async function startProxy(): Promise<Proxy> {
  let target = '';
  let token: string | undefined;
  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    const { method, url, rawHeaders } = request;
    const authorization = token === undefined ? [] : ['authorization', `Bearer ${token}`];
    const headers = [...rawHeaders, ...authorization];
    const onward = open(`${target}${url}`, {
      method,
      headers,
      agent: false,
      setDefaultHeaders: false,
    });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      response.flushHeaders();
      pipeline(answer, response, () => {});
    });
    onward.on('error', () => response.destroy());
    // A client that goes away is gone for the target as well.
    response.on('close', () => onward.destroy());
    pipeline(request, onward, () => {});
  };
  const server = createServer(pass);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passTo(to, bearer) {
      target = to;
      token = bearer;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
