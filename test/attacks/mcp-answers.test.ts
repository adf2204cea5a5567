import t from 'tap';
import { json } from '../recorder.ts';
import { parsed } from '../send.ts';
import { type StageOptions, setStage } from '../stage.ts';

const strict = { OUTPUT_SCHEMA: 'strict', RATE_LIMIT_PER_MINUTE: '0' };
const outputSchema = {
  type: 'object',
  properties: { seats: { type: 'integer' } },
  required: ['seats'],
  additionalProperties: false,
};
const options: StageOptions = {
  tools: [{ name: 'count', outputSchema }],
  env: strict,
};
const bad = { seats: 'all of them' };
const content = [{ type: 'text', text: '{"seats":1}' }];
const instead = {
  isError: true,
  content: [{ text: 'The tool answered something else than its output schema promises.' }],
};

t.test('OUTPUT_SCHEMA=strict: no native result gets by', async (t) => {
  const { modern, mcp, backend } = await setStage(t, options);
  const results: object[] = [
    { content, structuredContent: bad },
    { content },
    { content, structuredContent: null },
    { content, structuredContent: [{ seats: 1 }] },
    { content, structuredContent: { seats: 1, more: 1 } },
    { content, structuredContent: bad, isError: false },
    { content, structuredContent: bad, resultType: 'input_required' },
    { content, StructuredContent: { seats: 1 } },
    { content: [], contents: [], messages: [] },
    { structuredContent: { seats: 1 } },
    { structuredContent: { seats: 1 }, content: 'text' },
    { structuredContent: { seats: 1 }, content: [{}] },
    [{ seats: 1 }],
  ];
  for (const result of results) {
    backend.answer = json(result);
    for (const send of [modern, mcp]) {
      const got = parsed(await send('tools/call', { name: 'count' }));
      t.match(got['result'], instead, JSON.stringify(result));
      t.notOk('structuredContent' in Object(got['result']));
    }
  }
  for (const type of ['application/x-ndjson', 'text/event-stream', 'text/plain', 'image/png', '']) {
    backend.answer = (response) => {
      if (type !== '') response.setHeader('content-type', type);
      response.end(
        type === 'text/event-stream' ? `data: ${JSON.stringify(bad)}\n\n` : JSON.stringify(bad),
      );
    };
    const got = parsed(await modern('tools/call', { name: 'count' }));
    t.match(got['result'], instead, `as ${type}`);
  }
  backend.answer = json({ content, structuredContent: { seats: 1 } });
  t.match(parsed(await modern('tools/call', { name: 'count' })), {
    result: { structuredContent: { seats: 1 } },
  });
});

t.test('an error promises nothing, and is one to every client alike', async (t) => {
  const { modern, backend } = await setStage(t, options);
  backend.answer = json({ content, structuredContent: bad, isError: true });
  const got = Object(parsed(await modern('tools/call', { name: 'count' }))['result']);
  t.equal(got.isError, true);
  for (const isError of ['true', 'no', 1, {}, []]) {
    backend.answer = json({ content, structuredContent: bad, isError });
    const other = Object(parsed(await modern('tools/call', { name: 'count' }))['result']);
    t.equal(other.isError, true, `${JSON.stringify(isError)} is read alike by every client`);
  }
  for (const isError of [null, 0, '']) {
    backend.answer = json({ content, structuredContent: bad, isError });
    const other = parsed(await modern('tools/call', { name: 'count' }));
    t.match(other['result'], instead, JSON.stringify(isError));
  }
  backend.answer = json({ content, structuredContent: { seats: 1 } }, 500);
  const failed = Object(parsed(await modern('tools/call', { name: 'count' }))['result']);
  t.equal(failed.isError, true, 'the status of the backend wins');
});

t.test("a backend cannot say what is the gateway's to say", async (t) => {
  const { modern, mcp, backend } = await setStage(t, {
    tools: [{ name: 'look' }],
    more: {
      resources: [{ uri: 'note://one', name: 'note', path: 'note' }],
      prompts: [{ name: 'plan', path: 'plan' }],
    },
  });
  const serverInfo = { name: 'somebody else' };
  backend.answer = json({
    jsonrpc: '1.0',
    id: 'other',
    error: { code: 1 },
    result: {},
    content,
    contents: [],
    messages: [],
    resultType: 'other',
    _meta: { 'io.modelcontextprotocol/serverInfo': serverInfo },
    ttlMs: 1e9,
    cacheScope: 'public',
  });
  for (const [method, params] of [
    ['tools/call', { name: 'look' }],
    ['prompts/get', { name: 'plan' }],
    ['resources/read', { uri: 'note://one' }],
  ] as const) {
    const got = await modern(method, params);
    const message = parsed(got);
    t.same(Object.keys(message).sort(), ['id', 'jsonrpc', 'result'], method);
    t.match(message, { jsonrpc: '2.0', id: 7, result: { resultType: 'complete' } });
    t.notMatch(got.text, /somebody else/, method);
    t.notMatch(got.text, /"cacheScope":"public"|1000000000/, `${method}: nobody else keeps it`);
    t.notMatch((await mcp(method, params)).text, /"resultType"/);
  }
});
