import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { withoutIds } from './watch.ts';

/** Where a request is held: `before` the tenant hears of it, or `after` it did, so that its answer is lost. */
export type When = 'before' | 'after';

export interface Gate {
  readonly url: string;
  /** Holds the next such request (`POST /client-grants`) for ever; resolves when it is held. */
  hold(request: string, when: When): Promise<void>;
}

/** A way to the tenant that can be blocked at one request; gone with the test. */
export async function startGate(t: Test, target: string): Promise<Gate> {
  let held: { request: string; when: When; reached: () => void } | undefined;
  const server = createServer((req, res) => {
    const [path = ''] = String(req.url).split('?');
    const hold = held?.request === `${req.method} ${withoutIds(path)}` ? held : undefined;
    if (hold) held = undefined;
    if (hold?.when === 'before') return hold.reached();
    const { method = '', headers } = req;
    const onward = httpRequest(target + req.url, { method, headers, agent: false }, (answer) => {
      if (hold) {
        answer.resume();
        return hold.reached();
      }
      res.writeHead(Number(answer.statusCode), answer.headers);
      return answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    return req.pipe(onward);
  });
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold(request, when) {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = { request, when, reached: resolve };
      return promise;
    },
  };
}
