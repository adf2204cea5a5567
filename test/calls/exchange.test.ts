import { Buffer } from 'node:buffer';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import t, { type Test } from 'tap';
import { Pool } from 'undici';
import { whole } from '../../src/calls/answer.ts';
import { type ExchangeRequest, exchange } from '../../src/calls/exchange.ts';
import { holdTimers } from '../fixtures/clocks.ts';
import { type AnswerWith, json, startRecorder } from '../recorder.ts';

const usual: ExchangeRequest = {
  path: '/tool',
  headers: ['content-type', 'application/json'],
  body: Buffer.from('{}'),
  timeoutMs: 20_000,
  signal: new AbortController().signal,
  mostBytes: 1024,
};

/** The error an exchange ended with. */
const end = (posted: Promise<unknown>): Promise<unknown> =>
  posted.then(
    () => new Error('it was answered'),
    (error: unknown) => error,
  );

/** A backend and one connection to it. */
async function open(t: Test, answer: AnswerWith) {
  const backend = await startRecorder(t, answer);
  const pool = new Pool(backend.url, { connections: 1 });
  t.teardown(() => pool.destroy());
  const post = (change: Partial<ExchangeRequest> = {}) => exchange(pool, { ...usual, ...change });
  return { backend, post };
}

t.test('an answer comes whole, with the headers that may pass', async (t) => {
  const { post } = await open(t, (response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    const dropped = {
      'set-cookie': ['a=1', 'b=2'],
      'www-authenticate': 'Basic realm="backend"',
      location: '/elsewhere',
      server: 'backend',
      'access-control-allow-origin': '*',
      'x-powered-by': 'backend',
      'content-security-policy': 'none',
    };
    const passed = {
      'content-type': 'text/plain',
      'content-language': 'en',
      'cache-control': 'no-store',
      etag: '"1"',
      'last-modified': 'Sat, 21 Nov 2026 00:00:00 GMT',
      'retry-after': '3',
    };
    response.writeHead(418, { ...passed, ...dropped });
    response.write('in two ');
    setImmediate(() => response.end('parts'));
  });
  const { status, headers, body } = await whole(await post());
  t.equal(status, 418);
  t.equal(body.toString(), 'in two parts');
  t.same(Object.keys(headers).sort(), [
    'cache-control',
    'content-language',
    'content-type',
    'etag',
    'last-modified',
    'retry-after',
  ]);
});

t.test('an empty answer is an answer', async (t) => {
  const { post } = await open(t, (response) => response.writeHead(204).end());
  t.match(await whole(await post()), { status: 204, body: Buffer.alloc(0) });
});

t.test('the last status of HTTP is one, the next is none', async (t) => {
  const { backend, post } = await open(t, json({}, 599));
  t.equal((await post()).status, 599);
  backend.answer = json({}, 600);
  t.match(await end(post()), { end: 'failed' });
});

t.test('a header that stands twice is no header', async (t) => {
  const { post } = await open(t, json({}, 200, { etag: ['"1"', '"2"'] }));
  t.equal((await post()).headers['etag'], undefined);
});

t.test('redirects are not followed', async (t) => {
  for (const status of [300, 301, 302, 303, 304, 307, 308]) {
    const { backend, post } = await open(t, json({}, status, { location: '/other' }));
    const message = /redirects are not followed/;
    t.match(await end(post()), { end: 'redirected', late: true, message }, String(status));
    t.equal(backend.received.length, 1);
  }
});

for (const [name, headers] of [
  ['announces', { 'content-length': '1025' }],
  ['does not announce', {}],
] as const)
  t.test(`an answer too large that ${name} its length is given up`, async (t) => {
    const closed = new EventEmitter();
    const { post } = await open(t, (response) => {
      response.once('close', () => closed.emit('close'));
      response.writeHead(200, headers).write(Buffer.alloc(1024));
      if (name === 'does not announce') response.write('x');
    });
    const gone = once(closed, 'close');
    const message = /larger than the tool's maxAnswerBytes/;
    t.match(await end(post()), { end: 'answer_too_large', late: true, message });
    await gone;
  });

t.test('the longest answer is not too large', async (t) => {
  const { post } = await open(t, (response) => response.end(Buffer.alloc(1024)));
  t.equal((await whole(await post())).body.length, 1024);
});

t.test('a compressed answer is none, whatever it says of its length', async (t) => {
  for (const encoding of ['gzip', 'br', 'x-unknown', 'identity, gzip']) {
    const { post } = await open(t, json({}, 200, { 'content-encoding': encoding }));
    const message = /compressed .*accept-encoding/;
    t.match(await end(post()), { end: 'encoded_answer', late: true, message }, encoding);
  }
  const { post } = await open(t, json({}, 200, { 'content-encoding': 'identity' }));
  t.equal((await post()).status, 200);
});

t.test('a reset is early before the first byte and late after it', async (t) => {
  const { backend, post } = await open(t, (response) => response.destroy());
  t.match(await end(post()), { end: 'failed', late: false });
  backend.answer = (response) => {
    response.writeHead(200, { 'content-length': '8' }).write('half');
    setImmediate(() => response.destroy());
  };
  t.match(await end(post()), { end: 'failed', late: true });
});

t.test('the deadline ends an exchange before and during the answer', async (t) => {
  const deadlines = holdTimers(t, 100_000);
  const expire = (): void => {
    for (const deadline of deadlines()) deadline.end();
  };
  const { backend, post } = await open(t, expire);
  t.match(await end(post({ timeoutMs: 100_000 })), { end: 'timeout', late: false });
  backend.answer = (response) =>
    void response.writeHead(200, { 'content-length': '8' }).write('half');
  // undici tells of the headers just before the exchange is told.
  const begun = (): void => void setImmediate(expire);
  subscribe('undici:request:headers', begun);
  t.teardown(() => unsubscribe('undici:request:headers', begun));
  t.match(await end(post({ timeoutMs: 100_000 })), { end: 'timeout', late: true });
});

t.test('what waits in the queue beyond its deadline never reaches the backend', async (t) => {
  const asked = new EventEmitter();
  const { backend, post } = await open(t, (response, { body }) => asked.emit(body, response));
  const arrival = once(asked, '"first"');
  const first = post({ body: Buffer.from('"first"') });
  const [response] = await arrival;
  t.match(await end(post({ body: Buffer.from('"late"'), timeoutMs: 5 })), { end: 'timeout' });
  const controller = new AbortController();
  const abandoned = post({ body: Buffer.from('"abandoned"'), signal: controller.signal });
  controller.abort();
  t.match(await end(abandoned), { end: 'aborted' });

  backend.answer = json('done');
  response.end();
  await first;
  await post({ body: Buffer.from('"third"') });
  t.same(
    backend.received.map(({ body }) => body),
    ['"first"', '"third"'],
  );
});

t.test('a client that goes away ends the exchange, at once where it is gone already', async (t) => {
  const asked = new EventEmitter();
  const { backend, post } = await open(t, (response) => asked.emit('asked', response));
  const controller = new AbortController();
  const arrival = once(asked, 'asked');
  const posted = post({ signal: controller.signal });
  const [response] = await arrival;
  const closed = once(response, 'close');
  controller.abort();
  t.match(await end(posted), { end: 'aborted', late: false });
  await closed;
  t.match(await end(post({ signal: controller.signal })), { end: 'aborted', late: false });
  t.equal(backend.received.length, 1);
});
