import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';

interface Post {
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
}

export interface Receiver {
  url: string;
  /** What was posted, in order. */
  posts: Post[];
  /** Resolves when `count` posts have arrived. */
  arrived: (count: number) => Promise<void>;
}

/** A webhook on loopback. `reply` gives the answer to the n-th post (from 1); never = left hanging. */
export async function openReceiver(
  t: Test,
  reply: (n: number) => Reply | 'never' = () => ({ status: 200 }),
): Promise<Receiver> {
  const posts: Post[] = [];
  const server = createServer(async (req, res) => {
    posts.push({ headers: req.headers, body: await text(req) });
    const wanted = reply(posts.length);
    if (wanted !== 'never') res.writeHead(wanted.status, wanted.headers).end();
    server.emit('posted');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    posts,
    arrived: async (count) => {
      while (posts.length < count) await once(server, 'posted');
    },
  };
}
