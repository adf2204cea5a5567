import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { createLog } from '../src/observe/log.ts';
import { createServer } from '../src/server.ts';
import { bearer, parsed } from './send.ts';
import { setStage } from './stage.ts';

/** Says these bytes and reads until the gateway closes. */
async function say(url: string, bytes: string): Promise<string> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.end(bytes);
  return text(socket);
}

t.test('a URL that reaches no route is refused in our words', async (t) => {
  const { gateway, send } = await setStage(t);
  for (const path of ['/tools/%zz?access_token=leaked', `/tools/${'a'.repeat(200)}`]) {
    const got = await send(path, { body: {} });
    t.equal(got.status, 400);
    t.same(parsed(got), {
      error: 'invalid_request',
      error_description: 'The request is malformed.',
      request_id: got.headers['x-request-id'],
    });
    const refused = { granted: false, code: 'invalid_request', request_id: /^[0-9a-f-]{36}$/ };
    t.match(gateway.lines.at(-1), refused);
  }
});

t.test('a broken Host is refused before any challenge could carry it', async (t) => {
  const { gateway, send } = await setStage(t, { env: { PUBLIC_URL: '' } });
  for (const host of ['gateway.example.com"', 'a b', 'a/../b', 'user@host']) {
    for (const path of ['/tools/listEvents', '/mcp']) {
      const got = await send(path, { body: {}, headers: { host } });
      t.equal(got.status, 400, `${path} with ${host}`);
      t.equal(got.headers['www-authenticate'], undefined);
      t.match(got.text, '"invalid_request"');
    }
  }
  const bare = await say(gateway.url, 'POST /tools/listEvents HTTP/1.0\r\n\r\n');
  t.match(bare, 'HTTP/1.1 400');
  const health = await say(gateway.url, 'GET /health/live HTTP/1.0\r\n\r\n');
  t.match(health, 'HTTP/1.1 200', 'a probe without Host is answered');
  const metrics = await say(gateway.url, 'GET /metrics HTTP/1.0\r\n\r\n');
  t.match(metrics, 'HTTP/1.1 404', 'and so is a refusal that carries no challenge');
});

t.test('pages: discovery is for everybody, the rest for APP_ORIGIN', async (t) => {
  const { send, call } = await setStage(t);
  const evil = { origin: 'https://evil.example' };
  const chatgpt = { origin: 'https://chatgpt.com' };
  const open = await send('/.well-known/oauth-protected-resource', { headers: evil });
  t.equal(open.headers['access-control-allow-origin'], '*');
  const closed = await call('listEvents', {}, { headers: evil });
  t.equal(closed.headers['access-control-allow-origin'], undefined);
  const listed = await call('listEvents', {}, { headers: chatgpt });
  t.equal(listed.headers['access-control-allow-origin'], 'https://chatgpt.com');
  const exposed = 'www-authenticate, x-request-id, retry-after, ratelimit, ratelimit-policy';
  t.equal(listed.headers['access-control-expose-headers'], exposed);

  const ask = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  };
  const preflight = await send('/mcp', { method: 'OPTIONS', headers: { ...chatgpt, ...ask } });
  t.equal(preflight.status, 204, 'needs no token: browsers send none');
  t.match(preflight.headers, {
    'access-control-allow-origin': 'https://chatgpt.com',
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'authorization',
    'access-control-max-age': '600',
  });
  const foreign = await send('/mcp', { method: 'OPTIONS', headers: { ...evil, ...ask } });
  t.equal(foreign.headers['access-control-allow-origin'], undefined);
});

t.test('APP_ORIGIN=* opens every door to pages', async (t) => {
  const { call } = await setStage(t, { env: { APP_ORIGIN: '*' } });
  const got = await call('listEvents', {}, { headers: { origin: 'https://any.example' } });
  t.equal(got.status, 200);
  t.equal(got.headers['access-control-allow-origin'], '*');
});

t.test('every answer has a request id of our own making', async (t) => {
  const { send, call } = await setStage(t);
  const given = { headers: { 'x-request-id': 'chosen', 'request-id': 'chosen' } };
  for (const got of [await send('/', given), await call('listEvents', {}, given)]) {
    t.match(got.headers['x-request-id'], /^[0-9a-f-]{36}$/);
  }
});

t.test('other methods at a door are 405 with or without a token', async (t) => {
  const { issuer, send } = await setStage(t);
  for (const path of ['/mcp', '/tools/listEvents']) {
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
      const got = await send(path, { method, headers: bearer(await issuer.token()) });
      t.equal(got.status, 405, `${method} ${path}`);
      t.equal(got.headers['allow'], 'POST');
      t.equal((await send(path, { method })).status, 405);
    }
  }
});

t.test('closing waits for calls in flight and closes what is idle', async (t) => {
  const { config } = (await setStage(t)).gateway;
  const app = await createServer(config, createLog('silent'), () => {});
  const entered: (() => void)[] = [];
  const arrivals = new EventEmitter();
  app.get('/wait', async () => {
    const released = new Promise<void>((resolve) => entered.push(resolve));
    arrivals.emit('call');
    await released;
    return {};
  });
  app.get('/now', async () => ({}));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

  const idle = connect(port, '127.0.0.1');
  idle.write(get('/now'));
  await once(idle, 'data');
  const idleClosed = once(idle, 'close');
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const silentClosed = once(silent, 'close');
  const [busy, alone] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  for (const socket of [busy, alone]) {
    socket.write(get('/wait'));
    await once(arrivals, 'call');
  }

  const closed = app.close();
  await idleClosed;
  busy.write(get('/wait'));
  await once(arrivals, 'call');
  for (const release of entered) release();
  const answers = await text(busy);
  t.equal(answers.match(/HTTP\/1.1 200 OK/g)?.length, 2, 'the later request too, not a bare 503');
  t.match(await text(alone), 'HTTP/1.1 200 OK', 'and its connection, idle only now, is closed');
  await closed;
  await silentClosed;
  t.pass('a connection that never asked for anything holds nobody up');
});
