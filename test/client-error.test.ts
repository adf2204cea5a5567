import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import Fastify from 'fastify';
import t, { type Test } from 'tap';
import { answerClientError } from '../src/client-error.ts';
import type { Refusal } from '../src/errors.ts';
import { maxHeaderSize } from '../src/server.ts';
import { readAnswers } from './attacks/wire.ts';
import { bearer } from './send.ts';
import { setStage } from './stage.ts';

/** Says these bytes and reads until the gateway closes. */
async function say(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  return text(socket);
}

const head = 'POST /tools/listEvents HTTP/1.1\r\nHost: a\r\n';
const large = `X-Large: ${'x'.repeat(maxHeaderSize)}\r\n`;

t.test('what node:http refuses is told in our words, logged and counted', async (t) => {
  const { gateway } = await setStage(t);
  const table: [status: number, words: string, bytes: string][] = [
    [431, 'The headers are larger than the gateway accepts.', `${head}${large}\r\n`],
    [400, 'The request is malformed.', 'GET / HTTP/9.9\r\n\r\n'],
    [400, 'The request is malformed.', `${head}Content-Length: two\r\n\r\n`],
    [400, 'The request is malformed.', '\x16\x03\x01 a TLS hello\r\n\r\n'],
  ];
  for (const [status, words, bytes] of table) {
    const [answer, another] = readAnswers(await say(gateway.url, bytes));
    t.equal(another, undefined);
    t.equal(answer?.status, status, bytes.slice(0, 20));
    t.equal(answer?.headers.get('connection'), 'close');
    t.match(answer?.headers.get('content-type'), /^application\/json/);
    const request_id = answer?.headers.get('x-request-id');
    t.match(request_id, /^[0-9a-f-]{36}$/);
    t.strictSame(JSON.parse(String(answer?.body)), {
      error: 'invalid_request',
      error_description: words,
      request_id,
    });
    t.match(gateway.lines.at(-1), { granted: false, code: 'invalid_request', status, request_id });
  }
  t.notMatch(JSON.stringify(gateway.lines), 'xxxx', 'what they held is not logged');
});

/** A server of its own making, as in production, with so many milliseconds of patience. */
async function openPatient(
  t: Test,
  patience: number,
  onRefused: (refusal: Refusal) => void,
): Promise<string> {
  const app = Fastify({
    requestTimeout: patience,
    http: { maxHeaderSize, headersTimeout: patience, connectionsCheckingInterval: 10 },
    clientErrorHandler: answerClientError((_, refusal) => onRefused(refusal)),
  });
  t.teardown(() => app.close());
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.post('/begun', (request, reply) => {
    reply.hijack();
    reply.raw.write('begun');
    request.raw.resume();
  });
  return app.listen({ host: '127.0.0.1', port: 0 });
}

t.test('who does not get to the end of a request is told 408', async (t) => {
  const refusals: Refusal[] = [];
  const url = await openPatient(t, 50, (refusal) => refusals.push(refusal));
  const [answer] = readAnswers(await say(url, head));
  t.equal(answer?.status, 408);
  t.match(JSON.parse(String(answer?.body)), {
    error: 'invalid_request',
    error_description: 'The request did not arrive in time.',
  });
  t.match(refusals, [{ code: 'invalid_request', status: 408 }]);
});

t.test('nothing is written into an answer that has begun', async (t) => {
  const refusals: Refusal[] = [];
  const url = await openPatient(t, 60_000, (refusal) => refusals.push(refusal));
  const chunked = 'POST /begun HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(chunked);
  let all = '';
  socket.on('data', (chunk) => {
    all += chunk;
  });
  await once(socket, 'data');
  socket.write('no chunk\r\n');
  await once(socket, 'close');
  t.match(all, /begun/);
  t.equal(all.match(/HTTP\/1\.1/g)?.length, 1);
  t.same(refusals, []);
});

t.test('headers of the longest token are taken', async (t) => {
  const { issuer, call } = await setStage(t);
  const headers = { ...bearer(await issuer.token()), 'x-large': 'x'.repeat(maxHeaderSize - 2000) };
  t.equal((await call('listEvents', {}, { headers })).status, 200);
});
