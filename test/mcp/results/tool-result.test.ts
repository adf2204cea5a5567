import { isSpecType } from '@modelcontextprotocol/client';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import t, { type Test } from 'tap';
import { toToolResult } from '../../../src/mcp/results/tool-result.ts';
import { json } from '../../recorder.ts';
import { parsed } from '../../send.ts';
import { setStage } from '../../stage.ts';

const answer = (body: string | Buffer, { status = 200, type = 'application/json' } = {}) => ({
  status,
  headers: type === '' ? {} : { 'content-type': type },
  body: Buffer.from(body),
});

const text = (value: string) => [{ type: 'text', text: value }];

type Answered = ReturnType<typeof answer>;

/** The result for a client of either era, each taken by the official client of that era. */
function both(t: Test, from: Answered): { legacy: object; modern: object } {
  const legacy = toToolResult(from, 'legacy', 'fn.example.com');
  const modern = toToolResult(from, 'modern', 'fn.example.com');
  t.ok(CallToolResultSchema.safeParse(legacy).success, 'a result to clients of 2025-11-25');
  t.ok(isSpecType.CallToolResult(modern), 'a result to clients of 2026-07-28');
  return { legacy, modern };
}

function same(t: Test, from: Answered, expected: object): void {
  t.same(both(t, from), { legacy: expected, modern: expected });
}

t.test('an answer that is a tool result passes verbatim', async (t) => {
  const native = {
    content: [{ type: 'image', data: 'AA==', mimeType: 'image/png' }],
    structuredContent: { any: 'thing' },
    isError: false,
    _meta: { 'openai/widget': { a: 1 } },
    more: ['kept'],
  };
  same(t, answer(JSON.stringify(native)), native);
  same(t, answer('{"content":[]}'), { content: [] });
  same(t, answer('{"resultType":"complete","content":[]}'), { content: [] });
  const failed = answer('{"content":[],"isError":false}', { status: 500 });
  same(t, failed, { content: [], isError: true });
  const { mcp } = await setStage(t, { answer: json(native) });
  t.same(parsed(await mcp('tools/call', { name: 'listEvents' }))['result'], native);
});

t.test('structured content that is no object is of the modern era alone', async (t) => {
  for (const value of [[1, 2], 7, 'x', null, true]) {
    const native = both(t, answer(JSON.stringify({ content: [], structuredContent: value })));
    const expected = { content: [], structuredContent: value };
    t.same(native, { legacy: { content: [] }, modern: expected });
    const body = JSON.stringify(value);
    t.same(both(t, answer(body)), {
      legacy: { content: text(body) },
      modern: { content: text(body), structuredContent: value },
    });
  }
});

t.test('an object is structured and text', async (t) => {
  const body = '{ "events": [ ] }';
  const types = ['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/hal+json'];
  for (const type of types) {
    same(t, answer(body, { type }), { structuredContent: { events: [] }, content: text(body) });
  }
  // A page of a list has a content of its own.
  for (const other of [
    '{"content":"text"}',
    '{"content":[{"id":1}],"totalPages":3}',
    '{"content":[{"type":"meeting","title":"Choir"}],"totalElements":1}',
    '{"content":[{"type":"text"}]}',
    '{"content":[],"totalElements":0}',
    '{}',
  ]) {
    same(t, answer(other), { structuredContent: JSON.parse(other), content: text(other) });
  }
});

t.test('what is no JSON is text as it came', async (t) => {
  const types = ['text/plain', 'text/html', 'application/jsonlines', 'application/xml', ''];
  types.push('application/octet-stream');
  for (const type of types) {
    same(t, answer('{"a":1}', { type }), { content: text('{"a":1}') });
  }
  same(t, answer('{"broken"'), { content: text('{"broken"') });
  const deep = '['.repeat(101) + ']'.repeat(101);
  same(t, answer(deep), { content: text(deep) });
});

t.test('lines that are data reach the model, every one of them', async (t) => {
  const { mcp, modern, backend } = await setStage(t, {});
  const answerWith = (type: string, body: string): void => {
    backend.answer = (response) => response.setHeader('content-type', type).end(body);
  };
  for (const [type, body, content] of [
    ['application/x-ndjson', '{"id":1}\n{"id":2}\n', text('{"id":1}\n{"id":2}\n')],
    ['text/event-stream', 'data: 1\n\ndata: 2\n\n', text('data: 1\n\ndata: 2\n\n')],
    ['application/x-ndjson', '', []],
  ] as const) {
    answerWith(type, body);
    for (const send of [mcp, modern]) {
      const result = Object(parsed(await send('tools/call', { name: 'listEvents' }))['result']);
      t.same(result.content, content);
      t.notOk('isError' in result || 'structuredContent' in result);
    }
  }
});

t.test('no bytes are no content', async (t) => {
  for (const type of ['', 'application/json', 'text/plain', 'image/png', 'application/pdf']) {
    same(t, answer('', { status: type === '' ? 204 : 200, type }), { content: [] });
  }
});

t.test('a picture and a sound are what they are', async (t) => {
  const bytes = Buffer.from([0x89, 0xff, 0x00]);
  for (const [type, mimeType] of [
    ['image/png', 'image/png'],
    ['IMAGE/JPEG; q="x"', 'image/jpeg'],
    ['audio/wav', 'audio/wav'],
    ['image/svg+xml', 'image/svg+xml'],
  ] as const) {
    const [kind] = mimeType.split('/');
    const body = type === 'image/svg+xml' ? Buffer.from('<svg/>') : bytes;
    const data = body.toString('base64');
    same(t, answer(body, { type }), { content: [{ type: kind, data, mimeType }] });
  }
});

t.test('other bytes are an embedded resource named by their digest', async (t) => {
  const resource = (uri: string, mimeType: string, body: Buffer) => ({
    content: [{ type: 'resource', resource: { uri, mimeType, blob: body.toString('base64') } }],
  });
  // RFC 6920 §8.1: the names of "Hello World!".
  const hello = Buffer.from('Hello World!');
  const name = 'ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk';
  for (const type of ['application/pdf', 'application/zip', 'a/b']) {
    same(t, answer(hello, { type }), resource(name, type, hello));
  }
  t.ok(URL.canParse(name));
  const bytes = Buffer.from([0x25, 0xe2, 0x00]);
  const claimed: [type: string, mimeType: string][] = [
    ['', 'application/octet-stream'],
    ['nonsense', 'application/octet-stream'],
    ['application/octet-stream', 'application/octet-stream'],
    ['text/plain', 'text/plain'],
    ['application/json', 'application/json'],
  ];
  for (const [type, mimeType] of claimed) {
    const { content } = toToolResult(answer(bytes, { type }), 'modern', 'fn.example.com');
    t.match(content, resource('ni:///sha-256;', mimeType, bytes).content, type);
  }
});

t.test('an error status is an error, with the words meant for its reader', async (t) => {
  const failed = (body: string | Buffer, type: string) => answer(body, { status: 422, type });
  const said = { content: text('No such day.'), isError: true };
  same(t, failed('{"error":"No such day."}', 'application/json'), said);
  same(t, failed('No such day.', 'text/plain'), said);
  const silent = { content: text('The tool failed with status 422.'), isError: true };
  same(t, failed('', ''), silent);
  same(t, failed(Buffer.from([0xff]), 'image/png'), silent);
  same(t, failed('<h1>Trace</h1>', 'text/html'), silent);
  same(t, failed('db.internal', 'text/plain'), silent);
  const hidden = { content: text('[address] is away.'), isError: true };
  same(t, failed('db.internal is away.', 'text/plain'), hidden);
});
