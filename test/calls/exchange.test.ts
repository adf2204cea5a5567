import { Buffer } from 'node:buffer';
import { EventEmitter, once } from 'node:events';
import t, { type Test } from 'tap';
import { Pool } from 'undici';
import { type ExchangeRequest, exchange } from '../../src/calls/exchange.ts';
import { type AnswerWith, json, startRecorder } from '../recorder.ts';

const usual: ExchangeRequest = {
  path: '/tool',
  headers: ['content-type', 'application/json'],
  body: Buffer.from('{}'),
  timeoutMs: 5000,
  signal: new AbortController().signal,
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
  const { status, headers, body } = await post();
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
  t.match(await post(), { status: 204, body: Buffer.alloc(0) });
});

t.test('a header that stands twice is no header', async (t) => {
  const { post } = await open(t, json({}, 200, { etag: ['"1"', '"2"'] }));
  t.notHas((await post()).headers, 'etag');
});

t.test('redirects are not followed', async (t) => {
  for (const status of [300, 301, 302, 303, 304, 307, 308]) {
    const { backend, post } = await open(t, json({}, status, { location: '/other' }));
    t.match(await end(post()), { kind: 'failed', late: true }, String(status));
    t.equal(backend.received.length, 1);
  }
});

t.test('an answer too large is given up', async (t) => {
  const closed = new EventEmitter();
  const { post } = await open(t, (response) => {
    response.once('close', () => closed.emit('close'));
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024)));
    };
    response.on('drain', more);
    more();
  });
  const gone = once(closed, 'close');
  t.match(await end(post()), {
    kind: 'failed',
    late: true,
    cause: { message: 'answer too large' },
  });
  await gone;
});

t.test('a reset is early before the first byte and late after it', async (t) => {
  const { backend, post } = await open(t, (response) => response.destroy());
  t.match(await end(post()), { kind: 'failed', late: false });
  backend.answer = (response) => {
    response.write('half');
    setImmediate(() => response.destroy());
  };
  t.match(await end(post()), { kind: 'failed', late: true });
});

t.test('the deadline ends an exchange before and during the answer', async (t) => {
  const { backend, post } = await open(t, () => {});
  t.match(await end(post({ timeoutMs: 20 })), { kind: 'timeout', late: false });
  backend.answer = (response) => void response.write('half');
  t.match(await end(post({ timeoutMs: 50 })), { kind: 'timeout', late: true });
});

t.test('what waits in the queue beyond its deadline never reaches the backend', async (t) => {
  const asked = new EventEmitter();
  const { backend, post } = await open(t, (response, { body }) => asked.emit(body, response));
  const arrival = once(asked, '"first"');
  const first = post({ body: Buffer.from('"first"') });
  const [response] = await arrival;
  t.match(await end(post({ body: Buffer.from('"late"'), timeoutMs: 5 })), { kind: 'timeout' });
  const controller = new AbortController();
  const abandoned = post({ body: Buffer.from('"abandoned"'), signal: controller.signal });
  controller.abort();
  t.match(await end(abandoned), { kind: 'aborted' });

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
  t.match(await end(posted), { kind: 'aborted', late: false });
  await closed;
  t.match(await end(post({ signal: controller.signal })), { kind: 'aborted', late: false });
  t.equal(backend.received.length, 1);
});
