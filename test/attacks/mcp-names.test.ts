import t from 'tap';
import { json } from '../recorder.ts';
import { type Got, parsed } from '../send.ts';
import { type Stage, setStage } from '../stage.ts';

/** Values where a text belongs: what they become when somebody makes a text of them. */
const noTexts: readonly unknown[] = [
  { toString: null, valueOf: null },
  { toString: 'plan', valueOf: 1 },
  ['plan'],
  [['plan']],
  { name: 'plan' },
  { length: 4 },
  null,
  0,
  -1,
  1e308,
  true,
  [],
  {},
];

/** Texts that mean something to an object, a template, a path or a person's eye. */
const texts: readonly string[] = [
  '',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'plan\u0000',
  'plan ',
  'PLAN',
  'prompts/plan',
  'resources/day',
  'look/../plan',
  '../plan',
  '{{day}}',
  '{day}',
  'days://',
  'days://a/b',
  'days://%',
  'days://%ff',
  'days://%C0%AF',
  'DAYS://a',
  'file:///etc/passwd',
  'http://169.254.169.254/',
  '\ud800',
  'x'.repeat(300_000),
];

const catalog = {
  tools: [{ name: 'look', scopes: ['events:read'] }],
  more: {
    resources: [
      { uriTemplate: 'days://{day}', name: 'day', path: 'day', scopes: ['days:read'] },
      { uri: 'note://one', name: 'note', file: 'note.txt' },
    ],
    prompts: [
      {
        name: 'plan',
        arguments: [{ name: 'day', values: ['today'] }],
        messages: [{ role: 'user', content: { type: 'text', text: 'Plan {{day}}.' } }],
      },
      { name: 'ask', path: 'ask' },
    ],
  },
  files: { 'note.txt': 'hello' },
  env: { RATE_LIMIT_PER_MINUTE: '0' },
};

/** Requests with this value at every place that wants a name. */
const requestsWith = (value: unknown): [method: string, params: Record<string, unknown>][] => [
  ['tools/call', { name: value }],
  ['tools/call', { name: value, arguments: { value } }],
  ['tools/list', { cursor: value }],
  ['resources/list', { cursor: value }],
  ['resources/templates/list', { cursor: value }],
  ['prompts/list', { cursor: value }],
  ['resources/read', { uri: value }],
  ['prompts/get', { name: value }],
  ['completion/complete', { ref: value, argument: value }],
  ['completion/complete', { ref: { type: value, name: value }, argument: { name: value } }],
  ['completion/complete', { ref: { type: 'ref/prompt', name: value }, argument: {} }],
];

/** Requests that name something, with this value beside it. */
const requestsBeside = (value: unknown): [method: string, params: Record<string, unknown>][] => [
  ['tools/call', { name: 'look', _meta: { traceparent: value, progressToken: value } }],
  ['prompts/get', { name: 'plan', arguments: { day: value } }],
  ['prompts/get', { name: 'plan', arguments: value }],
  ['prompts/get', { name: 'ask', arguments: { toString: value } }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'plan' }, argument: { name: 'day', value } },
  ],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'plan' }, argument: { name: value, value: 't' } },
  ],
];

/** As a client of either era says it; a header that can carry no such name is left out. */
async function inBothEras({ mcp, modern }: Stage, method: string, params: object): Promise<Got[]> {
  const { name, uri } = params as Record<string, unknown>;
  const text = String(typeof name === 'string' ? name : typeof uri === 'string' ? uri : '');
  const encoded = `=?base64?${Buffer.from(text.slice(0, 9000)).toString('base64')}?=`;
  const headers: Record<string, string> = text === '' ? {} : { 'mcp-name': encoded };
  return [await mcp(method, params), await modern(method, { ...params }, { headers })];
}

const refusedWith: readonly unknown[] = [-32602, -32002, -32020];

/** What is wrong with an answer to what names nothing; undefined when all is well. */
function wrong(method: string, got: Got): string | undefined {
  const { error, result } = parsed(got);
  if (![200, 400].includes(got.status)) return `status ${got.status}`;
  if (error) return refusedWith.includes(Object(error).code) ? undefined : 'another error';
  if (method.endsWith('/list')) return undefined;
  return Object(result).completion?.total === 0 ? undefined : 'a result';
}

t.test(
  'what is no name reaches nothing, and is refused in the words of the protocol',
  async (t) => {
    const stage = await setStage(t, catalog);
    for (const value of [...noTexts, ...texts]) {
      for (const [method, params] of requestsWith(value)) {
        for (const got of await inBothEras(stage, method, params)) {
          const where = `${method} ${JSON.stringify(value).slice(0, 60)}: ${got.text.slice(0, 200)}`;
          t.equal(wrong(method, got), undefined, where);
        }
      }
    }
    t.same(stage.backend.received, []);
    const broken = stage.gateway.lines.filter(({ code }) => code === 'internal');
    t.same(broken, []);
  },
);

t.test('nor does anything that is no text break what a good name begins', async (t) => {
  const stage = await setStage(t, { ...catalog, answer: json({ messages: [] }) });
  for (const value of noTexts) {
    for (const [method, params] of requestsBeside(value)) {
      for (const got of await inBothEras(stage, method, params)) {
        const where = `${method} ${JSON.stringify(params)}: ${got.status} ${got.text.slice(0, 200)}`;
        if (got.status !== 200) t.fail(where);
      }
    }
  }
  t.same(
    stage.gateway.lines.filter(({ code }) => code === 'internal'),
    [],
  );
});

t.test('keys that would change prototypes are refused wherever they stand', async (t) => {
  const { send, issuer, backend } = await setStage(t, catalog);
  const authorization = `Bearer ${await issuer.token()}`;
  const modernMeta = `"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":`;
  const bodies = [
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look","__proto__":{"a":1}}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look","arguments":{"__proto__":{"a":1}}}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look","arguments":{"constructor":{"prototype":{"a":1}}}}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look","\\u005f_proto__":{}}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","__proto__":{"params":{"name":"look"}}}',
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look","_meta":{${modernMeta}{"__proto__":{}}}}}`,
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look","_meta":{${modernMeta}{}},"inputResponses":{"__proto__":{"action":"accept"}}}}`,
  ];
  for (const body of bodies) {
    for (const version of ['2025-11-25', '2026-07-28']) {
      const headers = {
        authorization,
        'mcp-protocol-version': version,
        'mcp-method': 'tools/call',
        'mcp-name': 'look',
      };
      t.equal((await send('/mcp', { body, headers })).status, 400, body);
    }
  }
  t.same(backend.received, []);
});
