import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { startRecorder } from '../recorder.ts';
import { send } from '../send.ts';
import { startProxy } from './proxy.ts';

async function start(t: Test, target: string, token?: string): Promise<string> {
  const proxy = await startProxy();
  t.teardown(() => proxy.close());
  proxy.passTo(target, token);
  return proxy.url;
}

t.test('the token is added and all else stays as it is', async (t) => {
  const backend = await startRecorder(t, (response) => {
    response
      .writeHead(418, { 'content-type': 'text/plain', 'x-said': 'yes' })
      .end('short and stout');
  });
  const url = await start(t, backend.url, 'TOKEN');
  const got = await send(`${url}/mcp?a=1`, {
    headers: { host: 'evil.example.com', origin: 'http://evil.example.com', 'MCP-Method': 'ping' },
    body: { jsonrpc: '2.0' },
  });
  t.match(got, { status: 418, text: 'short and stout', headers: { 'x-said': 'yes' } });
  const [received] = backend.received;
  t.match(received, { method: 'POST', path: '/mcp?a=1', body: '{"jsonrpc":"2.0"}' });
  t.match(received?.headers, {
    host: 'evil.example.com',
    origin: 'http://evil.example.com',
    authorization: 'Bearer TOKEN',
  });
  t.ok(received?.rawHeaders.includes('MCP-Method'), 'the spelling of a name too');
});

t.test('events arrive as they are written, and the end of the client is passed on', async (t) => {
  const asked = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    response.on('close', () => gone.resolve());
    void asked.promise.then(() => response.write('data: 1\n\n'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = request(await start(t, target), { agent: false }).end();
  client.on('error', () => {});
  const [response] = await once(client, 'response');
  t.equal(response.statusCode, 200, 'the head is there before anything is said');
  asked.resolve();
  const [event] = await once(response, 'data');
  t.equal(String(event), 'data: 1\n\n');
  client.destroy();
  await gone.promise;
});

t.test('a body arrives as it is written', async (t) => {
  const begun = Promise.withResolvers<void>();
  const server = createServer((incoming, response) => {
    incoming.once('data', () => begun.resolve());
    void text(incoming).then((body) => response.end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = request(await start(t, target), { method: 'POST', agent: false });
  client.write('half ');
  await begun.promise;
  client.end('and half');
  const [response] = await once(client, 'response');
  t.equal(await text(response), 'half and half');
});

t.test('a target that is away cuts the connection', async (t) => {
  const url = await start(t, 'http://127.0.0.1:9');
  await t.rejects(send(url), { code: 'ECONNRESET' });
});
