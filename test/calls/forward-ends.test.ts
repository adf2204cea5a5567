import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { authorize } from '../../src/calls/authorize.ts';
import { createForward } from '../../src/calls/forward.ts';
import { loadCatalog } from '../../src/tools/catalog.ts';
import { holdTimers } from '../fixtures/clocks.ts';
import { type AnswerWith, json, startRecorder } from '../recorder.ts';

/** One call; what was told of its exchanges, and what the backend got as traceparent. */
async function watched(t: Test, answer: AnswerWith, read: (body: Readable) => unknown) {
  const backend = await startRecorder(t, answer);
  const catalog = loadCatalog({ TOOL_SCOPES_JSON: '{"a":[]}' });
  const tool = catalog.tools.get('a');
  if (!tool) throw new Error('no tool');
  const annotations = { ...tool.annotations, readOnlyHint: true };
  const repeatable = { ...tool, public: true, timeoutMs: 100_000, annotations };
  const ends: unknown[] = [];
  const resends: number[] = [];
  const forward = createForward({
    base: backend.url,
    secret: undefined,
    token: () => '',
    breaker: { failures: 0, seconds: 1 },
    onBreaker: () => {},
    observe: (_tool, _context, resend) => {
      resends.push(resend);
      return { traceparent: `of exchange ${resend}`, end: (how) => void ends.push(how) };
    },
  });
  t.teardown(() => forward.close());
  const grant = authorize({ ...catalog, tools: new Map([['a', repeatable]]) }, 'a', undefined);
  const context = {
    requestId: 'r',
    began: 0,
    span: undefined,
    traceparent: 'of the client',
    signal: new AbortController().signal,
  };
  const call = forward(grant, {}, context).then(({ body }) =>
    Buffer.isBuffer(body) ? undefined : read(body),
  );
  await call.catch(() => {});
  while (ends.length < resends.length) await new Promise(setImmediate);
  await new Promise(setImmediate);
  const traceparents = backend.received.map(({ headers }) => headers['traceparent']);
  return { ends, resends, traceparents };
}

const long = 'x'.repeat(100_000);
const deadlines = holdTimers(t, 100_000);
const expire = (): void => {
  for (const deadline of deadlines()) deadline.end();
};
/** Reads until the deadline, which comes after the first bytes. */
const readLate = (body: Readable): Promise<string> => {
  body.once('data', expire);
  return text(body);
};
const begin: AnswerWith = (response) => void response.writeHead(200).write(long);

t.test('every exchange is told once, with its end', async (t) => {
  const table: [what: string, AnswerWith, (body: Readable) => unknown, ends: unknown[]][] = [
    ['a short answer', json({}), () => {}, [200]],
    ["an error of the backend's own", json({}, 503), () => {}, [503]],
    ['a redirect', (response) => void response.writeHead(302).end(), () => {}, ['redirected']],
    ['no answer in time', expire, () => {}, ['timeout']],
    [
      'a reset, and once more',
      (response) => void response.destroy(),
      () => {},
      ['failed', 'failed'],
    ],
    ['a long answer', (response) => void response.end(long), text, [200]],
    ['a long answer that stops coming', begin, readLate, ['timeout']],
    ['a long answer that breaks off before anybody reads it', begin, expire, ['timeout']],
    ['a long answer nobody reads to its end', begin, (body) => body.destroy(), ['aborted']],
  ];
  for (const [what, answer, read, ends] of table) {
    const seen = await watched(t, answer, read);
    t.same(seen.ends, ends, what);
    t.same(seen.resends, [...ends.keys()], `${what}: attempts`);
    t.same(
      seen.traceparents,
      seen.resends.map((resend) => `of exchange ${resend}`),
      `${what}: the backend is told the exchange`,
    );
  }
});
