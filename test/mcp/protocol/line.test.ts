import { once } from 'node:events';
import { request as ask, type ServerResponse } from 'node:http';
import Fastify from 'fastify';
import t, { type Test } from 'tap';
import { type Line, openLine } from '../../../src/mcp/protocol/line.ts';
import { messagesOf } from '../../events.ts';
import { send } from '../../send.ts';

const done = { status: 200, headers: {}, body: { done: true } };
const both = { headers: { accept: 'application/json, text/event-stream' } };
const onlyEvents = { headers: { accept: 'text/event-stream' } };

/** A server whose one route has a line. */
async function serve(
  t: Test,
  use: (line: Line, raw: ServerResponse) => unknown,
  heartbeatMs = 60_000,
) {
  const app = Fastify({ forceCloseConnections: true });
  app.get('/', async (request, reply) => {
    reply.header('x-request-id', 'r1');
    return use(openLine(request, reply, heartbeatMs), reply.raw);
  });
  t.teardown(() => app.close());
  return app.listen({ port: 0, host: '127.0.0.1' });
}

t.test('an answer is JSON unless the client takes nothing but events', async (t) => {
  const url = await serve(t, (line) => line.answer(done));
  const accepts = ['*/*', 'application/*', 'text/html', 'text/event-stream, */*;q=0.1', ''];
  accepts.push('text/event-streams', 'text/event-stream,application/json');
  for (const accept of [...accepts, 'APPLICATION/JSON;q=0.9, text/event-stream']) {
    const got = await send(url, { headers: { accept } });
    t.match(got.headers['content-type'], 'application/json', accept);
    t.equal(got.text, '{"done":true}');
  }
  t.equal((await send(url)).text, '{"done":true}', 'no header at all');
  const notJson = { headers: { accept: 'application/jsonl, text/event-stream; q=1' } };
  t.match((await send(url, notJson)).headers['content-type'], 'text/event-stream');
  const got = await send(url, onlyEvents);
  t.match(got, { status: 200, headers: { 'content-type': 'text/event-stream' } });
  t.match(got.headers, { 'x-accel-buffering': 'no', 'cache-control': 'no-store' });
  t.equal(got.headers['x-request-id'], 'r1', 'headers of the reply stand on a stream too');
  t.equal(got.text, 'event: message\ndata: {"done":true}\n\n');
});

t.test('an error keeps its status and headers while nothing has been sent', async (t) => {
  const headers = { 'www-authenticate': 'Bearer' };
  const url = await serve(t, (line) => line.answer({ status: 403, headers, body: { no: 1 } }));
  const got = await send(url, onlyEvents);
  t.match(got, { status: 403, headers, text: '{"no":1}' });
});

t.test('notifications come before the answer, on a stream', async (t) => {
  const url = await serve(t, (line) => {
    line.keepAlive();
    line.notify({ n: 1 });
    line.notify({ n: 2 });
    return line.answer({ ...done, status: 502 });
  });
  const got = await send(url, both);
  t.equal(got.status, 200, 'the status is out');
  t.same(messagesOf(got.text), [{ n: 1 }, { n: 2 }, { done: true }]);
  t.equal((await send(url)).text, '{"done":true}', 'who takes no events gets the answer');
});

t.test('a silent line is kept alive by comments, until the answer', async (t) => {
  let answer: () => void = () => t.fail('not asked yet');
  const url = await serve(
    t,
    (line) => {
      line.keepAlive();
      return new Promise((resolve) => {
        answer = () => resolve(line.answer(done));
      });
    },
    5,
  );
  const request = ask(url, { headers: both.headers }).end();
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) {
    text += chunk;
    if (text.split(': still at it\n\n').length === 4) answer();
  }
  t.match(text, /^(: still at it\n\n){3,}event: message\ndata: \{"done":true\}\n\n$/);
});

t.test('who takes no events waits in silence', async (t) => {
  const url = await serve(
    t,
    async (line) => {
      line.keepAlive();
      await new Promise((resolve) => setTimeout(resolve, 20));
      return line.answer(done);
    },
    1,
  );
  t.equal((await send(url)).text, '{"done":true}');
});

t.test('with the answer its heartbeat ends', async (t) => {
  const cleared = t.capture(globalThis, 'clearInterval', globalThis.clearInterval);
  const url = await serve(t, (line) => {
    line.keepAlive();
    return line.answer(done);
  });
  const before = cleared().length;
  await send(url, both);
  t.equal(cleared().length, before + 1);
});

t.test('who went away before anything is told nothing', async (t) => {
  const gone = Promise.withResolvers<void>();
  const app = Fastify({ forceCloseConnections: true });
  t.teardown(() => app.close());
  app.get('/', async (request, reply) => {
    const line = openLine(request, reply, 1);
    await once(reply.raw, 'close');
    line.keepAlive();
    line.notify({ n: 1 });
    line.answer(done);
    gone.resolve();
    return reply;
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const request = ask(url, { headers: both.headers }).end();
  request.on('error', () => {});
  app.server.once('request', () => request.destroy());
  await gone.promise;
  t.pass('and nothing broke');
});

t.test('who went away is told nothing more, and who does not read gets fewer', async (t) => {
  let line: Line | undefined;
  let sent: ServerResponse | undefined;
  const url = await serve(
    t,
    (opened, raw) => {
      line = opened;
      sent = raw;
      opened.keepAlive();
      opened.notify({ n: 0 });
      return new Promise(() => {});
    },
    1,
  );
  const request = ask(url, { headers: both.headers }).end();
  const [response] = await once(request, 'response');
  response.pause();
  const big = 'x'.repeat(100_000);
  for (let n = 1; n < 1000; n += 1) line?.notify({ n, big });
  t.ok(Number(sent?.writableLength) < 1_000_000, 'a hundred megabytes are not kept');
  response.destroy();
  await once(response, 'close');
  line?.notify({ n: 1001 });
});
