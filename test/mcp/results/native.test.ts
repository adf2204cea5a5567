import { isSpecType } from '@modelcontextprotocol/client';
import {
  CallToolResultSchema,
  GetPromptResultSchema,
  ReadResourceResultSchema,
} from '@modelcontextprotocol/sdk/types.js';
import fc from 'fast-check';
import t from 'tap';
import { isPromptResult, isResourceResult, isToolResult } from '../../../src/mcp/results/native.ts';

/** `ATTACK_RUNS=20000` is the long form. */
const numRuns = Number(process.env['ATTACK_RUNS'] ?? 1000);

const cacheable = { ttlMs: 0, cacheScope: 'private' };
const uri = 'docs://a';

/** Whether the official clients of both eras take a result. */
const clients = {
  tool: (json: object) =>
    CallToolResultSchema.safeParse(json).success && isSpecType.CallToolResult(json),
  resource: (json: object) =>
    ReadResourceResultSchema.safeParse(json).success &&
    isSpecType.ReadResourceResult({ ...json, ...cacheable }),
  prompt: (json: object) =>
    GetPromptResultSchema.safeParse(json).success && isSpecType.GetPromptResult(json),
};

const blocks: readonly object[] = [
  { type: 'text', text: 'a' },
  { type: 'text', text: '', annotations: { audience: ['user'], priority: 0.5 } },
  {
    type: 'text',
    text: 'a',
    annotations: { lastModified: '2027-01-11T09:30:00+01:00' },
    _meta: {},
  },
  { type: 'image', data: 'AA==', mimeType: 'image/png', _meta: { a: 1 } },
  { type: 'audio', data: ' AAA', mimeType: 'audio/wav', more: 1 },
  { type: 'resource', resource: { uri, text: 'a', mimeType: 'text/plain' } },
  { type: 'resource', resource: { uri, blob: 'AA==', _meta: {} } },
  { type: 'resource_link', uri, name: 'a' },
  {
    type: 'resource_link',
    uri,
    name: 'a',
    title: 'A',
    description: 'a',
    mimeType: 'a/b',
    size: 1,
    icons: [{ src: 'a', sizes: ['any'], mimeType: 'image/png', theme: 'dark' }],
  },
];

const others: readonly unknown[] = [
  { type: 'meeting', title: 'Choir' },
  { type: 'text' },
  { type: 'text', text: 1 },
  { type: 'Text', text: 'a' },
  { type: 'text', text: 'a', annotations: { priority: 2 } },
  { type: 'text', text: 'a', annotations: { audience: ['all'] } },
  { type: 'text', text: 'a', annotations: { lastModified: 'today' } },
  { type: 'text', text: 'a', _meta: 1 },
  { type: 'image', data: 'AA==' },
  { type: 'image', data: 'no Base64!', mimeType: 'image/png' },
  { type: 'image', url: 'https://www.example.com/a.png' },
  { type: 'audio', mimeType: 'audio/wav' },
  { type: 'resource', resource: { uri } },
  { type: 'resource', resource: { text: 'a' } },
  { type: 'resource', uri, text: 'a' },
  { type: 'resource_link', uri },
  { type: 'resource_link', uri, name: 'a', icons: [{ theme: 'dark' }] },
  { type: 'tool_use', id: '1', name: 'a', input: {} },
  { text: 'a' },
  'a',
  null,
  [],
];

t.test('a list of content blocks is a tool result, a list of something else is not', async (t) => {
  for (const block of blocks) {
    const json = { content: [block], more: 1 };
    t.ok(isToolResult(json) && clients.tool(json), JSON.stringify(block));
    t.ok(isToolResult({ content: blocks }));
  }
  for (const other of others) {
    for (const content of [[other], [...blocks, other]]) {
      const json = { content, totalElements: 1 };
      t.notOk(isToolResult(json) || clients.tool(json), JSON.stringify(other));
    }
  }
  for (const json of [null, [], 'a', {}, { content: 'a' }, { content: {} }]) {
    t.notOk(isToolResult(json));
  }
});

t.test('a list of nothing is a tool result where nothing else is in it', async (t) => {
  const structuredContent = { a: 1 };
  t.ok(isToolResult({ content: [] }));
  t.ok(isToolResult({ content: [], structuredContent, isError: false, _meta: {} }));
  t.ok(isToolResult({ content: [], resultType: 'complete' }));
  t.notOk(isToolResult({ content: [], totalElements: 0 }));
  t.notOk(isToolResult({ content: [], structuredContent, totalElements: 0 }));
});

t.test('contents of resources, and messages of prompts', async (t) => {
  for (const contents of [
    [],
    [
      { uri, text: 'a' },
      { uri, blob: 'AA==', mimeType: 'a/b' },
    ],
  ]) {
    t.ok(isResourceResult({ contents }) && clients.resource({ contents }));
  }
  for (const other of [
    { id: 1 },
    { uri },
    { text: 'a' },
    { uri, blob: '!' },
    { uri, text: 'a', mimeType: 1 },
  ]) {
    const json = { contents: [other] };
    t.notOk(isResourceResult(json) || clients.resource(json), JSON.stringify(other));
  }
  const content = { type: 'text', text: 'a' };
  for (const role of ['user', 'assistant']) {
    const json = { messages: [{ role, content }], description: 'a' };
    t.ok(isPromptResult(json) && clients.prompt(json));
  }
  t.ok(isPromptResult({ messages: [] }));
  for (const other of [
    { messages: [{ role: 'user' }] },
    { messages: [{ content }] },
    { messages: [{ role: 'system', content }] },
    { messages: [{ role: 'user', content: 'a' }] },
    { messages: [{ role: 'user', content: [content] }] },
    { messages: [{ role: 'user', content }], description: 1 },
    { messages: 'a' },
    {},
  ]) {
    t.notOk(isPromptResult(other) || clients.prompt(other), JSON.stringify(other));
  }
});

t.test('what passes is what both clients take, however it is bent', async () => {
  const value = fc.oneof(
    fc.constantFrom(
      ...blocks,
      ...others,
      undefined,
      'user',
      'any',
      0.5,
      'AA==',
      ' A',
      '2027-01-11T09:30:00Z',
    ),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const key = fc.constantFrom(
    ...['type', 'text', 'data', 'mimeType', 'resource', 'uri', 'name', 'size', 'icons', 'title'],
    ...['annotations', '_meta', 'description', 'blob'],
  );
  const bent = fc
    .tuple(fc.constantFrom(...blocks), key, value)
    .map(([block, name, other]) => ({ ...block, [name]: other }));
  const _meta = fc.constantFrom(
    ...[
      undefined,
      {},
      { a: 1 },
      1,
      { progressToken: 1 },
      { progressToken: {} },
      { progressToken: 1.5 },
    ],
    { 'io.modelcontextprotocol/related-task': {} },
  );
  const check = (block: object, meta: unknown): void => {
    const more = meta === undefined ? {} : { _meta: meta };
    const tool = JSON.parse(JSON.stringify({ content: [block], ...more }));
    const prompt = { messages: [{ role: 'user', content: tool.content[0] }], ...more };
    const resource = { contents: [{ uri, ...Object(tool.content[0]) }], ...more };
    for (const [is, takes, json] of [
      [isToolResult, clients.tool, tool],
      [isPromptResult, clients.prompt, prompt],
      [isResourceResult, clients.resource, resource],
    ] as const) {
      if (is(json) !== takes(json)) throw new Error(`${takes(json)}: ${JSON.stringify(json)}`);
    }
  };
  fc.assert(fc.property(bent, _meta, check), { numRuns });
});

t.test('a long list of something else takes no time', async (t) => {
  const page = { content: Array.from({ length: 100_000 }, (_, id) => ({ type: 'meeting', id })) };
  const before = process.cpuUsage();
  t.notOk(isToolResult(page));
  const { user } = process.cpuUsage(before);
  t.ok(user < 1_000_000, `${user} microseconds of this process`);
});
