import { EventEmitter, once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { holdTimers } from '../fixtures/clocks.ts';
import { json } from '../recorder.ts';
import { bearer, parsed } from '../send.ts';
import { type Entry, type Stage, setStage } from '../stage.ts';

const mebi = 1024 * 1024;
const tools: readonly Entry[] = [
  {
    name: 'long',
    annotations: { readOnlyHint: true },
    maxAnswerBytes: 64 * mebi,
    maxConcurrent: 1,
  },
  { name: 'short', maxAnswerBytes: 100_000 },
  { name: 'brief', timeoutMs: 100_000 },
];
const env = { RATE_LIMIT_PER_MINUTE: '0' };

/** A stage whose backend answers when the test says so. */
async function open(t: Test) {
  const stage = await setStage(t, { tools, env });
  const asked = new EventEmitter();
  stage.backend.answer = (response) => void asked.emit('asked', response);
  const arrival = async (): Promise<ServerResponse> => (await once(asked, 'asked'))[0];
  return { ...stage, arrival };
}

/** Calls a tool and gives the answer while it still comes. */
async function begin({ gateway, issuer }: Stage, tool: string) {
  const headers = { ...bearer(await issuer.token()), origin: 'https://chatgpt.com' };
  const outgoing = request(`${gateway.url}/tools/${tool}`, {
    method: 'POST',
    headers,
    agent: false,
  });
  outgoing.end();
  const answer = once(outgoing, 'response').then(([one]): IncomingMessage => one);
  return { outgoing, answer };
}

/** What the log says of the calls so far, without what is not judged here. */
const outcomes = ({ gateway }: Stage) =>
  gateway.lines
    .filter((line) => 'granted' in line)
    .map(({ granted, reason, code }) => ({ granted, reason, code }));

t.test(
  'the first bytes of a long answer pass at once, with the headers of any other',
  async (t) => {
    const stage = await open(t);
    const [{ answer }, response] = await Promise.all([begin(stage, 'long'), stage.arrival()]);
    response.writeHead(201, { 'content-type': 'text/plain', etag: '"1"', 'set-cookie': 'a=1' });
    response.write('first');
    const got = await answer;
    t.equal(got.statusCode, 201);
    t.match(got.headers, {
      'content-type': 'text/plain',
      etag: '"1"',
      'transfer-encoding': 'chunked',
      'x-request-id': /^[0-9a-f-]{36}$/,
      'access-control-allow-origin': 'https://chatgpt.com',
    });
    t.equal(got.headers['set-cookie'], undefined);
    t.equal(String((await once(got, 'data'))[0]), 'first');
    t.same(outcomes(stage), [], 'it is not over');
    response.end(' last');
    t.equal(String(await buffer(got)), ' last');
    t.match(outcomes(stage), [{ granted: true }]);
  },
);

t.test('a long answer passes byte for byte, with its length where it is known', async (t) => {
  const bytes = Buffer.alloc(300_000, 'some bytes ');
  const { call, backend, gateway, issuer } = await setStage(t, { tools, env });
  for (const headers of [{ 'content-length': String(bytes.length) }, {}]) {
    // What came at once is sent at once, with its length: the rest waits for the client.
    const began = Promise.withResolvers<void>();
    backend.answer = async (response) => {
      response.writeHead(200, headers).write(bytes.subarray(0, 100_000));
      await began.promise;
      response.end(bytes.subarray(100_000));
    };
    const got = await begin({ gateway, issuer } as Stage, 'long').then(({ answer }) => answer);
    began.resolve();
    t.equal(got.headers['content-length'], headers['content-length']);
    t.ok((await buffer(got)).equals(bytes));
  }
  backend.answer = json({ after: 'it' });
  t.same(parsed(await call('long')), { after: 'it' }, 'its place is free again');
});

t.test('no more is taken from the backend than the client takes', async (t) => {
  const stage = await open(t);
  const [{ answer }, response] = await Promise.all([begin(stage, 'long'), stage.arrival()]);
  let left = 48;
  const swallowed = new Promise((resolve) => {
    const more = (): void => {
      while (left > 0) {
        left -= 1;
        if (!response.write(Buffer.alloc(mebi))) return;
      }
      response.end(() => resolve('swallowed'));
    };
    response.on('drain', more);
    more();
  });
  const got = await answer;
  stage.backend.answer = json({});
  const others = async (): Promise<string> => {
    for (let i = 0; i < 100; i += 1) await stage.call('short');
    return 'held back';
  };
  t.equal(await Promise.race([swallowed, others()]), 'held back');
  let size = 0;
  for await (const chunk of got) size += chunk.length;
  t.equal(size, 48 * mebi, 'and nothing is lost');
  await swallowed;
});

const broken = { message: 'aborted', code: 'ECONNRESET' };

t.test('a backend that breaks off leaves a broken answer', async (t) => {
  for (const headers of [{}, { 'content-length': '100000' }]) {
    const stage = await open(t);
    const [{ answer }, response] = await Promise.all([begin(stage, 'long'), stage.arrival()]);
    response.writeHead(200, headers).write('half');
    const got = await answer;
    setImmediate(() => response.destroy());
    await t.rejects(buffer(got), broken);
    t.match(outcomes(stage), [{ granted: false, code: 'upstream_failed', reason: undefined }]);
    t.equal(stage.backend.received.length, 1, 'not tried again');
  }
});

t.test('the deadline ends a long answer, too', async (t) => {
  const deadlines = holdTimers(t, 100_000);
  const stage = await open(t);
  const [{ answer }, response] = await Promise.all([begin(stage, 'brief'), stage.arrival()]);
  response.write('half');
  const got = await answer;
  const closed = once(response, 'close');
  for (const deadline of deadlines()) deadline.end();
  await t.rejects(buffer(got), broken);
  await closed;
  t.match(outcomes(stage), [{ granted: false, code: 'upstream_timeout' }]);
});

t.test('a long answer that grows too large is broken off', async (t) => {
  const stage = await open(t);
  const [{ answer }, response] = await Promise.all([begin(stage, 'short'), stage.arrival()]);
  response.write(Buffer.alloc(99_999));
  const got = await answer;
  const closed = once(response, 'close');
  response.write('xx');
  await t.rejects(buffer(got), broken);
  await closed;
  t.match(outcomes(stage), [{ granted: false, reason: 'answer_too_large' }]);
});

t.test('a client that goes away in the middle ends it at the backend', async (t) => {
  const stage = await open(t);
  const [{ outgoing, answer }, response] = await Promise.all([
    begin(stage, 'long'),
    stage.arrival(),
  ]);
  response.write('half');
  const got = await answer;
  const failed = t.rejects(buffer(got), broken);
  const closed = once(response, 'close');
  outgoing.destroy();
  await Promise.all([failed, closed]);
  t.match(outcomes(stage), [{ granted: false, reason: 'client_gone' }]);
  stage.backend.answer = json({});
  t.equal((await stage.call('long')).status, 200, 'its place is free again');
});

t.test('a long answer keeps its place until it ends', async (t) => {
  const stage = await open(t);
  const [{ answer }, response] = await Promise.all([begin(stage, 'long'), stage.arrival()]);
  response.write('half');
  const got = await answer;
  const second = stage.call('long');
  stage.backend.answer = json({ second: true });
  for (let i = 0; i < 5; i += 1) await stage.call('short');
  t.equal(stage.backend.received.filter(({ path }) => path === '/long').length, 1, 'one place');
  response.end();
  await buffer(got);
  t.same(parsed(await second), { second: true });
});

const callLong = { name: 'long', arguments: {} };

t.test('MCP waits for the whole of a long answer', async (t) => {
  const text = 'x'.repeat(200_000);
  const stage = await open(t);
  const [response, got] = [stage.arrival(), stage.mcp('tools/call', callLong)];
  (await response).write(text);
  setImmediate(async () => (await response).end('end'));
  t.match(parsed(await got), { result: { content: [{ type: 'text', text: `${text}end` }] } });
  t.match(outcomes(stage), [{ granted: true }]);
});

t.test('MCP says so when it breaks off', async (t) => {
  const stage = await open(t);
  const [response, got] = [stage.arrival(), stage.mcp('tools/call', callLong)];
  (await response).write('half');
  setTimeout(async () => (await response).destroy(), 20);
  t.match(parsed(await got), { result: { isError: true, content: [{ type: 'text' }] } });
  t.match(outcomes(stage), [{ granted: false, code: 'upstream_failed' }]);
});
