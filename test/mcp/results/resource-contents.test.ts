import { isSpecType } from '@modelcontextprotocol/client';
import { ReadResourceResultSchema } from '@modelcontextprotocol/sdk/types.js';
import t from 'tap';
import { toResourceContents, ttlOf } from '../../../src/mcp/results/resource-contents.ts';

const uri = 'docs://handbook';

const answer = (body: string | Buffer, type?: string) => ({
  status: 200,
  headers: type === undefined ? {} : { 'content-type': type },
  body: Buffer.from(body),
});

t.test('an answer with contents passes verbatim', async (t) => {
  const native = {
    contents: [
      { uri: 'docs://a', mimeType: 'text/markdown', text: '# A', _meta: { a: 1 } },
      { uri: 'docs://b', blob: 'AA==' },
    ],
    _meta: { b: 2 },
  };
  const sent = answer(JSON.stringify({ resultType: 'complete', ...native }), 'application/json');
  t.same(toResourceContents(sent, { uri, mimeType: 'text/plain' }), native);
  const none = answer('{"contents":[]}', 'application/json');
  t.same(toResourceContents(none, { uri }), { contents: [] });
});

t.test('JSON with other contents is the resource itself', async (t) => {
  for (const text of [
    '{"contents":[{"id":1}]}',
    '{"contents":[{"uri":"docs://a"}]}',
    '{"contents":[{"text":"a"}]}',
    '{"contents":"a"}',
    '[]',
  ]) {
    const { contents } = toResourceContents(answer(text, 'application/json'), { uri });
    t.same(contents, [{ uri, mimeType: 'application/json', text }]);
  }
});

t.test('everything else is one entry, text where its type is text', async (t) => {
  const bytes = Buffer.from([0xff, 0x00]);
  const blob = '/wA=';
  const cases: [sent: ReturnType<typeof answer>, mimeType: string | undefined, entry: object][] = [
    [
      answer('# A', 'Text/Markdown; charset=utf-8'),
      undefined,
      { mimeType: 'text/markdown', text: '# A' },
    ],
    [
      answer('<p>', 'text/html'),
      'text/html;profile=mcp-app',
      { mimeType: 'text/html;profile=mcp-app', text: '<p>' },
    ],
    [
      answer('<p>', 'application/octet-stream'),
      'text/html',
      { mimeType: 'text/html', text: '<p>' },
    ],
    [
      answer('%PDF', 'application/octet-stream'),
      'application/pdf',
      { mimeType: 'application/pdf', blob: 'JVBERg==' },
    ],
    [
      answer('a', 'application/octet-stream'),
      undefined,
      { mimeType: 'application/octet-stream', text: 'a' },
    ],
    [answer('<p>'), 'text/html', { mimeType: 'text/html', text: '<p>' }],
    [answer('<svg/>', 'image/svg+xml'), undefined, { mimeType: 'image/svg+xml', text: '<svg/>' }],
    [
      answer(Buffer.from('ö', 'latin1'), 'text/plain; charset=latin1'),
      undefined,
      { mimeType: 'text/plain', text: 'ö' },
    ],
    [answer('a'), undefined, { text: 'a' }],
    [answer(bytes), undefined, { blob }],
    [answer(bytes, 'image/png'), undefined, { mimeType: 'image/png', blob }],
    [answer(bytes, 'text/plain'), 'text/html', { mimeType: 'text/html', blob }],
    [answer('%PDF'), 'application/pdf', { mimeType: 'application/pdf', blob: 'JVBERg==' }],
    [answer('', 'text/plain'), undefined, { mimeType: 'text/plain', text: '' }],
  ];
  for (const [sent, mimeType, entry] of cases) {
    const result = toResourceContents(sent, { uri, mimeType });
    t.same(result, { contents: [{ uri, ...entry }] });
    t.ok(ReadResourceResultSchema.safeParse(result).success);
    t.ok(isSpecType.ReadResourceResult({ ...result, ttlMs: 0, cacheScope: 'private' }));
  }
});

t.test('a stream of one piece is that piece, unless the resource is a stream', async (t) => {
  const ndjson = 'application/x-ndjson';
  const record = '{"id":1}';
  const cases: [reported: boolean, mimeType: string | undefined, entry: object][] = [
    [false, undefined, { mimeType: ndjson, text: `${record}\n` }],
    [true, undefined, { mimeType: 'application/json', text: record }],
    [false, 'application/jsonl', { mimeType: 'application/jsonl', text: `${record}\n` }],
    [true, 'application/jsonl', { mimeType: 'application/jsonl', text: `${record}\n` }],
    [false, 'text/markdown', { mimeType: 'text/markdown', text: record }],
  ];
  for (const [reported, mimeType, entry] of cases) {
    const piece = answer(record, 'application/json');
    const { headers, body } = answer(`${record}\n`, ndjson);
    const sent = { ...piece, stream: { headers, body, reported } };
    t.same(toResourceContents(sent, { uri, mimeType }).contents, [{ uri, ...entry }]);
    const contents = [{ uri: 'docs://a', text: 'a' }];
    const native = { ...sent, ...answer(JSON.stringify({ contents }), 'application/json') };
    t.same(toResourceContents(native, { uri, mimeType }), { contents });
  }
  t.same(toResourceContents(answer('{}\n{}\n', ndjson), { uri }).contents, [
    { uri, mimeType: ndjson, text: '{}\n{}\n' },
  ]);
});

t.test('what the catalog adds about a resource is about the one entry', async (t) => {
  const _meta = { ui: { prefersBorder: true } };
  const { contents } = toResourceContents(answer('a', 'text/plain'), { uri, _meta });
  t.same(contents, [{ uri, mimeType: 'text/plain', text: 'a', _meta }]);
});

t.test('an answer is fresh as long as HTTP says', async (t) => {
  const cases: [header: string, ms: number][] = [
    ['max-age=60', 60_000],
    ['private, Max-Age=60', 60_000],
    ['max-age="60"', 60_000],
    ['max-age = 60', 60_000],
    ['max-age=0', 0],
    ['max-age=99999999999', 2 ** 31 * 1000],
    ['', 0],
    ['public', 0],
    ['no-store, max-age=60', 0],
    ['max-age=60, No-Cache', 0],
    ['no-cache="set-cookie", max-age=60', 0],
    ['max-age=60, max-age=70', 0],
    ['max-age=-1', 0],
    ['max-age=1.5', 0],
    ['max-age=', 0],
    ['max-age', 0],
    ['s-maxage=60', 0],
    ['x="max-age=60"', 0],
    ['x="a\\", max-age=60"', 0],
    ['x="a, b", max-age=60', 60_000],
  ];
  for (const [header, ms] of cases) t.equal(ttlOf({ 'cache-control': header }), ms, header);
  t.equal(ttlOf({}), 0);
});
