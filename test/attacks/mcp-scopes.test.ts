import t from 'tap';
import { cpuTime } from '../fixtures/cpu-time.ts';
import { json } from '../recorder.ts';
import { bearer, type Got, parsed } from '../send.ts';
import { type Stage, type StageOptions, setStage } from '../stage.ts';

const text = (value: string) => [{ role: 'user', content: { type: 'text', text: value } }];
const options: StageOptions = {
  tools: [
    { name: 'look', scopes: ['events:read'] },
    { name: 'secretTool', scopes: ['admin:all'], description: 'hidden words' },
  ],
  more: {
    resources: [
      { uri: 'days://vault', name: 'vault', file: 'vault.txt', scopes: ['admin:all'] },
      { uri: 'days://a%2Fb', name: 'slash', file: 'vault.txt', scopes: ['admin:all'] },
      { uri: 'days://~ann', name: 'tilde', path: 'vault', scopes: ['admin:all'] },
      { uriTemplate: 'days://vault/{x}', name: 'vaults', path: 'vaults', scopes: ['admin:all'] },
      { uriTemplate: 'days://%7Ebob/{x}', name: 'bob', path: 'vaults', scopes: ['admin:all'] },
      { uriTemplate: 'days://{day}', name: 'day', path: 'day', scopes: ['events:read'] },
      { uriTemplate: 'days://{day}/{hour}', name: 'hour', path: 'hour', scopes: ['events:read'] },
    ],
    prompts: [
      { name: 'plan', messages: text('Plan.') },
      {
        name: 'secretPrompt',
        scopes: ['admin:all'],
        arguments: [{ name: 'day', values: ['hidden value'] }],
        messages: text('hidden words'),
      },
      { name: 'livePrompt', scopes: ['admin:all'], path: 'live' },
    ],
  },
  files: { 'vault.txt': 'hidden words' },
  env: { RATE_LIMIT_PER_MINUTE: '0' },
  answer: json({ contents: [], messages: [], content: [] }),
};

const insufficient = { error: { data: { error: 'insufficient_scope' } } };
const both = ({ mcp, modern }: Stage): Stage['modern'][] => [mcp, modern];

t.test('another spelling of a URI is the same resource, with the same scopes', async (t) => {
  const stage = await setStage(t, options);
  const spellings = [
    'days://vault',
    'days://%76ault',
    'days://va%75lt',
    'days://%76%61%75%6C%74',
    'days://%76%61%75%6c%74',
    'days://a%2Fb',
    'days://a%2fb',
    'days://%61%2Fb',
    'days://~ann',
    'days://%7Eann',
    'days://%7eann',
    'days://vault/1',
    'days://%76ault/1',
    'days://vaul%74/%31',
    'days://~bob/1',
    'days://%7Ebob/1',
    'days://%7ebo%62/1',
  ];
  for (const send of both(stage)) {
    for (const uri of spellings) {
      const got = await send('resources/read', { uri });
      t.equal(got.status, 403, uri);
      t.match(parsed(got), insufficient);
      t.notMatch(got.text, 'hidden');
    }
  }
  t.same(stage.backend.received, []);
  const other = [
    'DAYS://vault',
    'Days://vault',
    'days:vault',
    'days:///vault',
    'days://',
    'days://vault#a',
  ];
  for (const uri of [
    ...other,
    'days://vault?',
    'days://a/b/c',
    'days://%',
    'days://%zz',
    'days://%ff',
  ]) {
    const got = await stage.modern('resources/read', { uri });
    t.match(parsed(got), { error: { code: -32602, message: 'Resource not found' } }, uri);
  }
  t.same(stage.backend.received, []);
});

t.test('what a template reads out of a URI is text, and reaches its own backend', async (t) => {
  const { modern, backend } = await setStage(t, options);
  const rows: [uri: string, path: string, input: object][] = [
    ['days://vault%2F1', '/day', { day: 'vault/1' }],
    ['days://..%2Fvault', '/day', { day: '../vault' }],
    ['days://vault%00', '/day', { day: 'vault\u0000' }],
    ['days://Vault', '/day', { day: 'Vault' }],
    ['days://%2576ault', '/day', { day: '%76ault' }],
    ['days://../vault', '/hour', { day: '..', hour: 'vault' }],
    ['days://constructor/__proto__', '/hour', { day: 'constructor', hour: '__proto__' }],
  ];
  for (const [uri, path, input] of rows) {
    t.equal((await modern('resources/read', { uri })).status, 200, uri);
    const received = backend.received.at(-1);
    t.equal(received?.path, path, uri);
    t.same(JSON.parse(received?.body ?? ''), { ...input, uri });
  }
});

t.test('the source of a resource or prompt is no tool, and a tool is neither', async (t) => {
  const stage = await setStage(t, options);
  const token = await stage.issuer.token({ scope: 'events:read admin:all' });
  const sent = { headers: bearer(token) };
  const names = [
    'day',
    'resources/day',
    'prompts/livePrompt',
    'livePrompt',
    'live',
    'vault',
    'plan',
  ];
  for (const name of names) {
    for (const send of both(stage)) {
      const got = await send('tools/call', { name }, sent);
      t.match(parsed(got), { error: { code: -32602, data: { error: 'unknown_tool' } } }, name);
    }
    for (const path of [name, encodeURIComponent(name), name.replace('/', '%2f')]) {
      t.equal((await stage.call(path, {}, sent)).status, 404, path);
    }
  }
  for (const name of ['look', 'tools/look', 'resources/day', 'prompts/plan']) {
    const got = await stage.modern('prompts/get', { name }, sent);
    t.match(parsed(got), { error: { code: -32602 } }, name);
    t.match(parsed(await stage.mcp('resources/read', { uri: name })), { error: { code: -32002 } });
  }
  t.same(stage.backend.received, []);
});

/** Everything a caller can ask about what it may not have. */
const asked = (secret: string): [method: string, params: Record<string, unknown>][] => [
  ['tools/call', { name: secret }],
  ['prompts/get', { name: secret }],
  ['prompts/get', { name: secret, arguments: { day: 'x' } }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: secret }, argument: { name: 'day', value: 'h' } },
  ],
  [
    'completion/complete',
    {
      ref: { type: 'ref/resource', name: secret, uri: 'days://{day}' },
      argument: { name: 'day', value: '' },
    },
  ],
  ['completion/complete', { ref: { name: secret }, argument: { name: 'day' } }],
];

t.test('nothing is told of what a caller may not have: no text, no value, no count', async (t) => {
  const stage = await setStage(t, { ...options, env: { ...options.env, TOOLS_LIST: 'allowed' } });
  const hidden = /hidden|secretTool|secretPrompt|livePrompt|vault|bob|~ann|a%2Fb/;
  for (const send of both(stage)) {
    for (const method of [
      'tools/list',
      'prompts/list',
      'resources/list',
      'resources/templates/list',
    ]) {
      const got = await send(method);
      t.notMatch(got.text, hidden, method);
      t.notOk('nextCursor' in Object(parsed(got)['result']));
      for (const key of ['secretTool', 'secretPrompt', 'days://vault', 'days://vault/{x}']) {
        const cursor = Buffer.from(key).toString('base64url');
        t.match(
          parsed(await send(method, { cursor })),
          { error: { code: -32602 } },
          `${method} ${key}`,
        );
      }
    }
    for (const secret of ['secretTool', 'secretPrompt', 'livePrompt']) {
      for (const [method, params] of asked(secret)) {
        const got = await send(method, params);
        // A tool has no arguments to complete.
        const nothing = got.text.includes('"values":[],"total":0');
        t.ok('error' in parsed(got) || nothing, `${method} ${secret}: ${got.text}`);
        t.notMatch(got.text, /hidden/);
      }
    }
  }
  const { text: discovered } = await stage.modern('server/discover');
  t.notMatch(discovered, hidden);
  t.same(stage.backend.received, []);
});

t.test('without a token a catalog with something public gives that and no more', async (t) => {
  const tools = [...(options.tools ?? []), { name: 'open', public: true }];
  const stage = await setStage(t, {
    ...options,
    tools,
    env: { ...options.env, TOOLS_LIST: 'allowed' },
  });
  const anonymous = { headers: { authorization: [] } };
  const refused: [string, Record<string, unknown>][] = [
    // Its last request names no kind of reference: malformed, whoever sends it.
    ...asked('secretPrompt').slice(1, -1),
    ['tools/call', { name: 'look' }],
    ['tools/call', { name: 'secretTool' }],
    ['prompts/get', { name: 'plan' }],
    ['prompts/get', { name: 'livePrompt' }],
    ['resources/read', { uri: 'days://monday' }],
    ['resources/read', { uri: 'days://vault' }],
    ['resources/read', { uri: 'days://%76ault' }],
  ];
  const isRefusal = (got: Got): void => {
    const noSuchPrompt = got.text.includes('There is no prompt of this name.');
    t.ok(got.status === 401 || noSuchPrompt, got.text);
    t.notMatch(got.text, /hidden/);
  };
  for (const send of both(stage)) {
    for (const [method, params] of refused) isRefusal(await send(method, params, anonymous));
    const listed = parsed(await send('tools/list', {}, anonymous));
    t.same(
      Object(listed['result']).tools.map(({ name }: { name: string }) => name),
      ['open'],
    );
    t.same(Object(parsed(await send('prompts/list', {}, anonymous))['result']).prompts, []);
  }
  t.same(stage.backend.received, []);
});

t.test('a long URI is compared with many templates in no time', async (t) => {
  const resources = Array.from({ length: 100 }, (_, i) => ({
    uriTemplate: `days://${i}{day}`,
    name: `day${i}`,
    path: 'day',
  }));
  const { mcp } = await setStage(t, { more: { resources } });
  for (const part of ['%2f', '%61', '%25', 'a', '%']) {
    const uri = `days://x${part.repeat(300_000 / part.length)}`;
    const ms = await cpuTime(async () => {
      t.match(parsed(await mcp('resources/read', { uri })), { error: { code: -32002 } });
    });
    t.ok(ms < 1000, `${part}: ${Math.round(ms)} ms`);
  }
});
