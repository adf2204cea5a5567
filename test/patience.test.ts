import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { loadConfig } from '../src/config.ts';
import { createLog } from '../src/observe/log.ts';
import { type Patience, usualPatience } from '../src/patience.ts';
import { createServer } from '../src/server.ts';
import { least } from './fixtures/env.ts';

/** Nobody's patience ends unless a test says so. */
const endless: Patience = {
  headersTimeout: 60_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 10,
  keepAliveTimeout: 60_000,
  connectionTimeout: 60_000,
  maxRequestsPerSocket: 1000,
};

/** A server of this patience; `open` makes a connection to it. */
async function setServer(t: Test, patience: Partial<Patience>) {
  const surroundings = { patience: { ...endless, ...patience } };
  const app = await createServer(loadConfig(least), createLog('silent'), () => {}, surroundings);
  const served: string[] = [];
  app.post('/echo', async ({ body }) => {
    served.push(JSON.stringify(body));
    return body;
  });
  app.get('/never', () => new Promise(() => {}));
  app.get('/long', async () => Buffer.alloc(64 * 1024 * 1024));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  t.teardown(() => {
    app.server.closeAllConnections();
    return app.close();
  });
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  return { app, served, open };
}

/**
 * Writes one part after the other, ten milliseconds apart, until the server has had enough.
 * @returns what it answered; a reset while we still write may take that from us.
 */
async function trickle(socket: Socket, parts: Iterable<string>): Promise<string> {
  const all = parts[Symbol.iterator]();
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  const timer = setInterval(() => {
    const { value, done } = all.next();
    if (!done && socket.writable) socket.write(value);
  }, 10);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return answer;
}

const cut = /^(HTTP\/1\.1 408 |$)/;

function* forever(part: string): Generator<string> {
  for (;;) yield part;
}

t.test('a connection that says nothing is cut', async (t) => {
  const { open } = await setServer(t, { headersTimeout: 50 });
  t.match(await text(await open()), cut);
});

t.test('headers that never end are cut, however steadily they come', async (t) => {
  const { open } = await setServer(t, { headersTimeout: 100 });
  const socket = await open();
  socket.write('POST /echo HTTP/1.1\r\nHost: a\r\n');
  t.match(await trickle(socket, forever('X-Slow: 1\r\n')), cut);
});

t.test('a body that never ends is cut, and was never served', async (t) => {
  const { open, served } = await setServer(t, { headersTimeout: 150, requestTimeout: 150 });
  const socket = await open();
  const head = 'Host: a\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n';
  socket.write(`POST /echo HTTP/1.1\r\n${head}`);
  t.match(await trickle(socket, forever(' ')), cut);
  t.same(served, []);
});

t.test('who is slow but comes to an end is served', async (t) => {
  const { open, served } = await setServer(t, {});
  const socket = await open();
  const headers = ['POST /echo HTTP/1.1\r\n', 'Host: a\r\n', 'Content-Type: application/json\r\n'];
  const parts = [...headers, 'Connection: close\r\nContent-Length: 8\r\n\r\n', '{"a"', ':12}'];
  t.match(await trickle(socket, parts), /^HTTP\/1\.1 200 OK\r\n.+\{"a":12\}$/s);
  t.same(served, ['{"a":12}']);
});

t.test('a connection that is idle between requests is closed', async (t) => {
  const { open } = await setServer(t, { keepAliveTimeout: 50 });
  const socket = await open();
  socket.write('GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n');
  t.match(await text(socket), /^HTTP\/1\.1 404 /, 'answered, then closed');
});

t.test('a connection on which nothing moves is cut', async (t) => {
  const { open } = await setServer(t, { connectionTimeout: 100 });
  const socket = await open();
  socket.write('GET /never HTTP/1.1\r\nHost: a\r\n\r\n');
  t.equal(await text(socket), '');
});

t.test('who takes nothing of its answer is not waited for', async (t) => {
  const { app, open } = await setServer(t, { connectionTimeout: 500 });
  const accepted = once(app.server, 'connection');
  const socket = await open();
  socket.pause();
  socket.write('GET /long HTTP/1.1\r\nHost: a\r\n\r\n');
  const [connection] = await accepted;
  await once(connection, 'close');
  t.ok(connection.bytesWritten > 0, 'it had begun');
  socket.destroy();
});

t.test('a connection carries only so many requests', async (t) => {
  const { open } = await setServer(t, { maxRequestsPerSocket: 3, keepAliveTimeout: 500 });
  const socket = await open();
  for (let i = 0; i < 4; i += 1) socket.write('GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n');
  const answers = (await text(socket)).split('HTTP/1.1 ').slice(1);
  t.same(
    answers.map((answer) => answer.slice(0, 3)),
    ['404', '404', '404', '503'],
  );
  t.same(
    answers.map((answer) => /^connection: close\r$/im.test(answer)),
    [false, false, true, true],
    'the last is told to be the last',
  );
});

t.test('the usual patience is that of the running server', async (t) => {
  const app = await createServer(loadConfig(least), createLog('silent'), () => {});
  t.teardown(() => app.close());
  const { timeout: connectionTimeout, ...server } = app.server;
  t.match({ ...server, connectionTimeout }, usualPatience);
  t.ok(usualPatience.headersTimeout < usualPatience.requestTimeout);
  t.ok(usualPatience.connectionTimeout > 600_000, 'no tool may take so long');
});
