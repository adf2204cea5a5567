import t from 'tap';
import { toToolResult } from '../../src/mcp/tool-result.ts';
import { json } from '../recorder.ts';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';

const answer = (body: string, { status = 200, type = 'application/json' } = {}) => ({
  status,
  headers: type === '' ? {} : { 'content-type': type },
  body: Buffer.from(body),
});
const text = (value: string) => [{ type: 'text', text: value }];

t.test('an answer that is a tool result passes verbatim', async (t) => {
  const native = {
    content: [{ type: 'image', data: 'AA==', mimeType: 'image/png' }],
    structuredContent: { any: 'thing' },
    isError: false,
    _meta: { 'openai/widget': { a: 1 } },
    more: ['kept'],
  };
  t.same(toToolResult(answer(JSON.stringify(native))), native);
  t.same(toToolResult(answer('{"content":[]}')), { content: [] });
  const failed = toToolResult(answer('{"content":[],"isError":false}', { status: 500 }));
  t.same(failed, { content: [], isError: true }, 'an error status is an error');
  const { mcp } = await setStage(t, { answer: json(native) });
  t.same(parsed(await mcp('tools/call', { name: 'listEvents' }))['result'], native);
});

t.test('an object is structured and text, all other JSON is text', async (t) => {
  const body = '{ "events": [ ] }';
  t.same(toToolResult(answer(body)), { structuredContent: { events: [] }, content: text(body) });
  const types = ['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/hal+json'];
  for (const type of types) t.hasProp(toToolResult(answer(body, { type })), 'structuredContent');
  // A page of a list has a content of its own.
  for (const other of ['{"content":"text"}', '{"content":[{"id":1}],"totalPages":3}']) {
    t.same(toToolResult(answer(other)), {
      structuredContent: JSON.parse(other),
      content: text(other),
    });
  }
  for (const other of ['[1,2]', '7', '"x"', 'null', 'true']) {
    t.same(toToolResult(answer(other)), { content: text(other) });
  }
});

t.test('what is no JSON is text as it came', async (t) => {
  for (const type of ['text/plain', 'text/html', 'application/jsonlines', '']) {
    t.same(toToolResult(answer('{"a":1}', { type })), { content: text('{"a":1}') }, type);
  }
  t.same(toToolResult(answer('{"broken"')), { content: text('{"broken"') });
  t.same(toToolResult(answer('', { status: 204, type: '' })), { content: [] });
});

t.test('of an error only the words meant for its reader are shown', async (t) => {
  const said = (body: string, type = 'application/json') =>
    toToolResult(answer(body, { status: 422, type }));
  const result = (words: string) => ({ content: text(words), isError: true });
  t.same(said('{"error":"No such day.","stack":"at …"}'), result('No such day.'));
  const problem = '{"title":"Conflict","detail":"Two at once.","instance":"/x"}';
  t.same(said(problem, 'application/problem+json'), result('Two at once.'));
  t.same(said('{"title":"Conflict"}'), result('Conflict'));
  const framework = '{"statusCode":422,"error":"Unprocessable","message":"start must be a date"}';
  t.same(said(framework), result('start must be a date'));
  t.same(said('{"error":{"message":"Too long."}}'), result('Too long.'));
  t.same(said('{"error":"e","error_description":"Say when."}'), result('Say when.'));
  const silent = result('The tool failed with status 422.');
  for (const body of ['{"error":{"code":1}}', '[]', 'null', '{}', '{', '<h1>Trace</h1>']) {
    t.same(said(body), silent, body);
  }
  t.same(said('at internal.example:8080', 'text/plain'), silent);
});
