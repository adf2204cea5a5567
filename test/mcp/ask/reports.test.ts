import { once } from 'node:events';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import t from 'tap';
import { ExchangeError } from '../../../src/calls/answer.ts';
import { type Progress, readReports, reportsProgress } from '../../../src/mcp/ask/reports.ts';

/** `ATTACK_RUNS=1000` is a longer form. */
const numRuns = Number(process.env['ATTACK_RUNS'] ?? 15);

const ndjson = 'application/x-ndjson';
const events = 'text/event-stream';

const answerOf = (type: string, body: Buffer | Readable, status = 200) => ({
  status,
  headers: { 'content-type': type, 'cache-control': 'no-store' },
  body,
});

/** What came of a body: the reports, and the answer with its type. */
async function read(type: string, body: Buffer | Readable) {
  const reports: Progress[] = [];
  const answer = await readReports(answerOf(type, body), (report) => reports.push(report));
  return { reports, type: answer.headers['content-type'], text: answer.body.toString() };
}

const lines = (...all: readonly string[]): Buffer => Buffer.from(`${all.join('\n')}\n`);
const asEvents = (...all: readonly string[]): Buffer =>
  Buffer.from(all.map((data) => `data: ${data.replaceAll('\n', '\ndata: ')}\n\n`).join(''));

const forms = [
  [ndjson, lines],
  [events, asEvents],
] as const;

t.test('an answer that may report progress is known by its type', async (t) => {
  const type = (name?: string) =>
    reportsProgress(name === undefined ? {} : { 'content-type': name });
  for (const name of [
    ndjson,
    'application/ndjson',
    'application/jsonl; charset=utf-8',
    'Text/Event-Stream',
  ]) {
    t.ok(type(name), name);
  }
  for (const name of ['application/json', 'text/plain', undefined]) t.notOk(type(name));
});

t.test('reports go out, the one line that is none is the answer', async (t) => {
  const first = { progress: 1, total: 3, message: 'Größe 日😀' };
  const second = { message: 'almost', progress: 2.5 };
  for (const [type, form] of forms) {
    const body = form(JSON.stringify(first), '', JSON.stringify(second), '{"a":[1]}');
    const got = await read(type, body);
    t.same(got, { reports: [first, second], type: 'application/json', text: '{"a":[1]}' }, type);
    const alone = await read(type, form('{"a":1}'));
    t.same(alone, { reports: [], type: 'application/json', text: '{"a":1}' });
    const late = await read(type, form('{"a":1}', '{"progress":1}'));
    t.same(late, { reports: [{ progress: 1 }], type: 'application/json', text: '{"a":1}' });
  }
});

t.test('several lines that are no reports are data, and nothing of it is lost', async (t) => {
  for (const [type, form] of forms) {
    for (const pieces of [
      ['{"id":1}', '{"id":2}', '{"id":3}'],
      ['{"id":1}', '{"progress":1}', '{"id":2}'],
      ['{"progress":1}', '{"id":1}', '', 'no JSON'],
      ['{"id":1}', '{"id":1}'],
    ]) {
      const body = form(...pieces);
      const reports = pieces.includes('{"progress":1}') ? [{ progress: 1 }] : [];
      t.same(await read(type, body), { reports, type, text: body.toString() });
      t.same(await read(type, Readable.from([body])), { reports, type, text: body.toString() });
    }
  }
});

t.test('nothing is an empty answer', async (t) => {
  for (const [type, form] of forms) {
    for (const body of [Buffer.alloc(0), form(''), form('', ' '), Readable.from([])]) {
      t.same(await read(type, body), { reports: [], type, text: '' });
    }
  }
  t.same(await read(events, Buffer.from(': hello\n\n')), { reports: [], type: events, text: '' });
});

t.test('the word that ends a stream of events says nothing', async (t) => {
  const done = asEvents('{"a":1}', '[DONE]');
  t.same(await read(events, done), { reports: [], type: 'application/json', text: '{"a":1}' });
  t.same(await read(events, asEvents('[DONE]')), { reports: [], type: events, text: '' });
  const chat = asEvents('{"a":1}', '{"a":2}', '[DONE]');
  t.same(await read(events, chat), { reports: [], type: events, text: chat.toString() });
});

t.test('null is as good as absent', async (t) => {
  for (const [type, form] of forms) {
    const body = form('{"progress":1,"total":null,"message":null}', '{"a":1}');
    t.same((await read(type, body)).reports, [{ progress: 1 }]);
  }
});

t.test('one piece comes with the stream it was', async (t) => {
  for (const [type, form] of forms) {
    for (const pieces of [['{"a":1}'], ['{"progress":1}', '{"a":1}']]) {
      const answer = answerOf(type, form(...pieces));
      const { stream } = await readReports(answer, () => {});
      const { headers, body } = answer;
      t.same(stream, { headers, body, reported: pieces.length > 1 });
    }
  }
});

t.test('the rest of the answer stays, its type does not', async (t) => {
  const got = await readReports(answerOf(ndjson, lines('{"error":"no"}'), 422), () => {});
  t.match(
    { ...got, body: got.body.toString() },
    {
      status: 422,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: '{"error":"no"}',
    },
  );
});

t.test('a report that does not exceed the last is passed over', async (t) => {
  for (const [type, form] of forms) {
    const progress = [-1, 0, 0, -2, 0.5, 0.4, 3].map((value) => `{"progress":${value}}`);
    const { reports } = await read(type, form(...progress, '{}'));
    t.same(
      reports.map((report) => report.progress),
      [-1, 0, 0.5, 3],
    );
  }
});

t.test('what is nearly a report is an answer', async (t) => {
  for (const line of [
    '{"progress":1,"extra":1}',
    '{"progress":"1"}',
    '{"progress":1e999}',
    '{"progress":null}',
    '{"progress":1,"total":"2"}',
    '{"progress":1,"message":1}',
    '{"progress":1,"__proto__":1}',
    '{"total":1}',
    '[{"progress":1}]',
    'null',
    `{"progress":1,"message":"${'a'.repeat(65_536)}"}`,
  ]) {
    for (const [type, form] of forms) {
      const got = await read(type, form(line));
      t.same(got, { reports: [], type: 'application/json', text: line });
    }
  }
});

t.test('an event that is no JSON is text, and so judged', async (t) => {
  const got = await read(events, asEvents('{"progress":1}', 'All\ndone.'));
  t.same(got, { reports: [{ progress: 1 }], type: 'text/plain', text: 'All\ndone.' });
  const line = await read(ndjson, lines('All done.'));
  t.same(line, { reports: [], type: 'application/json', text: 'All done.' });
});

t.test('an answer of another type is read line by line', async (t) => {
  const got = await read('text/plain', lines('{"progress":1}', '{"a":1}'));
  t.same(got, { reports: [{ progress: 1 }], type: 'application/json', text: '{"a":1}' });
});

t.test('events are read as the standard wants them', async (t) => {
  const body = '\ufeff: comment\r\nevent: progress\rid: 1\ndata:{"progress":\r\ndata: 1}\n\n\n';
  const got = await read(events, Buffer.from(`${body}retry: 5\ndata:{}\n\n`));
  t.same(got, { reports: [{ progress: 1 }], type: 'application/json', text: '{}' });
});

t.test('the last event needs no empty line', async (t) => {
  for (const end of ['', '\n', '\r', '\r\n', '\n\n']) {
    const got = await read(events, Buffer.from(`data: {"progress":1}\n\ndata: {"ö":1}${end}`));
    t.same(got, { reports: [{ progress: 1 }], type: 'application/json', text: '{"ö":1}' });
  }
});

t.test('reports and nothing else are refused', async (t) => {
  const refusal = { code: 'upstream_failed', detail: { reason: 'no_answer' } };
  for (const [type, form] of forms) {
    for (const body of [form('', '{"progress":1}'), form('{"progress":1}', '{"progress":1}')]) {
      await t.rejects(read(type, body), refusal);
    }
  }
  await t.rejects(read(events, asEvents('{"progress":1}', '[DONE]')), refusal);
});

t.test('a report goes out at once, and what breaks off says why', async (t) => {
  for (const [type, form] of forms) {
    const body = new Readable({ read: () => {} });
    const told = new Readable({ objectMode: true, read: () => {} });
    const reading = readReports(answerOf(type, body), (report) => told.push(report));
    for (const progress of [1, 2]) {
      body.push(form(JSON.stringify({ progress })));
      const [report] = await once(told, 'data');
      t.same(report, { progress });
    }
    const error = new ExchangeError('timeout', true);
    body.destroy(error);
    await t.rejects(reading, error);
  }
});

t.test('the same comes wherever the bytes are cut', async () => {
  const report = fc.record(
    { progress: fc.integer(), total: fc.nat(), message: fc.string({ unit: 'grapheme' }) },
    { requiredKeys: ['progress'] },
  );
  const answer = fc.record({ answer: fc.string({ unit: 'grapheme' }) });
  const pieces = fc.array(fc.oneof(report, answer), { maxLength: 5 });
  const check = async (all: readonly object[], last: object): Promise<void> => {
    const texts = [...all, last].map((piece) => JSON.stringify(piece));
    for (const [type, form] of forms) {
      const bytes = form(...texts);
      const expected = JSON.stringify(await read(type, bytes));
      for (let size = 1; size < bytes.length; size += Math.ceil(size / 3)) {
        const count = Math.ceil(bytes.length / size);
        const chunks = Array.from({ length: count }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        const got = JSON.stringify(await read(type, Readable.from(chunks, { objectMode: false })));
        if (got !== expected) throw new Error(`${type}, ${size} bytes: ${got}, not ${expected}`);
      }
    }
  };
  await fc.assert(fc.asyncProperty(pieces, answer, check), { numRuns });
});

t.test('every border of two chunks is like every other', async (t) => {
  for (const [type, form] of forms) {
    const bytes = form('{"progress":1,"message":"日😀"}', '', '{"progress":2}', '{"a":"ö\\n"}');
    const expected = await read(type, bytes);
    for (const place of bytes.keys()) {
      const chunks = [bytes.subarray(0, place), bytes.subarray(place)];
      t.same(await read(type, Readable.from(chunks)), expected);
    }
  }
});
