import { join } from 'node:path';
import t, { type Test } from 'tap';
import { loadCatalog, namesOf } from '../../src/tools/catalog.ts';
import { load } from './load.ts';

/** The catalog of a TOOLS_FILE with these tools. */
const fromFile = (t: Test, tools: readonly unknown[]) =>
  loadCatalog({
    TOOLS_FILE: join(t.testdir({ 'tools.json': JSON.stringify({ tools }) }), 'tools.json'),
  });

t.test('the short form: names and scopes, any object as input', async (t) => {
  const line = '{"listEvents":["events:read"],"openDoor":[]}';
  const { tools, scopes, hasPublic } = loadCatalog({ TOOL_SCOPES_JSON: line });
  t.same([...tools.keys()], ['listEvents', 'openDoor']);
  t.match(tools.get('listEvents'), {
    name: 'listEvents',
    scopes: ['events:read'],
    public: false,
    inputSchema: { type: 'object' },
    annotations: { readOnlyHint: false, destructiveHint: true },
    path: 'listEvents',
    timeoutMs: 30_000,
  });
  t.same(tools.get('openDoor')?.scopes, [], 'a token but no scope');
  t.same(scopes, ['events:read']);
  t.equal(hasPublic, false);
  t.equal(tools.get('openDoor')?.checkInput({ any: 'thing' }), undefined);
  t.equal(tools.get('openDoor')?.checkInput([]), 'input must be object');
});

t.test('the file: everything it says stands, the rest has defaults', async (t) => {
  const full = {
    name: 'listEvents',
    title: 'List events',
    description: 'Lists events',
    scopes: ['events:read', 'events:all'],
    public: false,
    inputSchema: { type: 'object', properties: { from: { type: 'string' } } },
    outputSchema: { type: 'object', 'x-own': [1] },
    icons: [{ src: 'https://example.com/a.png', mimeType: 'image/png', sizes: ['48x48', 'any'] }],
    annotations: {
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    },
    _meta: { ui: { resourceUri: 'ui://widget' }, 'openai/outputTemplate': 'ui://widget' },
    path: 'v1/events.list~2/a_b',
    timeoutMs: 1,
    maxConcurrent: 1,
    maxQueued: 0,
    maxAnswerBytes: 1,
    interactive: true,
  };
  const { tools } = fromFile(t, [full, { name: 'bare' }]);
  const { checkInput, checkOutput, mirrored, ...tool } = Object(tools.get('listEvents'));
  t.strictSame(tool, full);
  t.same(mirrored, []);
  t.equal(checkInput({ from: 1 }), '/from must be string');
  t.equal(checkOutput({}), undefined);
  t.equal(checkOutput([]), 'input must be object');
  t.match(tools.get('bare'), {
    path: 'bare',
    scopes: { length: 0 },
    public: false,
    interactive: false,
  });
  t.equal(tools.get('bare')?.checkOutput, undefined);
  const lane = { timeoutMs: 30_000, maxConcurrent: 64, maxQueued: 64, maxAnswerBytes: 10_485_760 };
  t.match(tools.get('bare'), lane);
});

t.test('a byte order mark before the file is passed over', async (t) => {
  const text = '\ufeff{"tools":[{"name":"one"}]}';
  const { tools } = loadCatalog({ TOOLS_FILE: join(t.testdir({ 'a.json': text }), 'a.json') });
  t.same([...tools.keys()], ['one']);
});

t.test('the example of the repository is a good catalog', async (t) => {
  const { tools, scopes, warnings } = loadCatalog({
    TOOLS_FILE: 'examples/tools.json',
    ANNOTATIONS: 'strict',
  });
  t.ok(tools.size > 0);
  t.same(warnings, []);
  t.same(scopes, ['events:read', 'events:write']);
});

t.test('the file wins nothing over the line by being empty: one source is read', async (t) => {
  const { tools } = loadCatalog({ TOOLS_FILE: undefined, TOOL_SCOPES_JSON: '{"one":[]}' });
  t.same([...tools.keys()], ['one']);
});

t.test('scopes: the union, sorted, without offline_access', async (t) => {
  const { scopes } = fromFile(t, [
    { name: 'one', scopes: ['events:write', 'events:read'] },
    { name: 'two', scopes: ['events:read', 'offline_access', 'a'] },
  ]);
  t.same(scopes, ['a', 'events:read', 'events:write']);
});

t.test('one public tool makes the catalog answer without a token', async (t) => {
  t.equal(fromFile(t, [{ name: 'one' }, { name: 'two', public: true }]).hasPublic, true);
  t.equal(fromFile(t, [{ name: 'one' }, { name: 'two', public: false }]).hasPublic, false);
});

t.test('names that every object has are no tools', async (t) => {
  const line = '{"__proto__":["a"],"listEvents":[]}';
  for (const { tools } of [
    loadCatalog({ TOOL_SCOPES_JSON: line }),
    fromFile(t, [{ name: 'one' }]),
  ]) {
    t.equal(tools.size, 1);
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'size', '']) {
      t.equal(tools.get(name), undefined, name);
    }
  }
  const { tools } = fromFile(t, [{ name: 'constructor', scopes: ['a'] }]);
  t.same(tools.get('constructor')?.scopes, ['a'], 'unless the catalog has one');
});

t.test('tools may share the $id of a schema', async (t) => {
  const event = { $id: 'https://example.com/event', type: 'object', required: ['id'] };
  const { tools } = fromFile(t, [
    { name: 'one', inputSchema: event, outputSchema: event },
    { name: 'two', inputSchema: { ...event, required: ['name'] } },
  ]);
  t.equal(tools.get('one')?.checkInput({ id: 1 }), undefined);
  t.match(tools.get('two')?.checkInput({ id: 1 }), /name/);
});

t.test('an answer may be any JSON that its schema says', async (t) => {
  const schemas = [{}, { type: 'array', items: { type: 'string' } }, { enum: ['yes', null] }];
  for (const outputSchema of schemas) {
    const { tools } = fromFile(t, [{ name: 'one', outputSchema }]);
    t.same(tools.get('one')?.outputSchema, outputSchema);
  }
  const { tools } = fromFile(t, [{ name: 'one', outputSchema: schemas[1] }]);
  t.equal(tools.get('one')?.checkOutput?.(['a']), undefined);
  t.equal(tools.get('one')?.checkOutput?.([1]), '/0 must be string');
});

t.test('without resources and prompts it has none; instructions only when written', async (t) => {
  for (const catalog of [loadCatalog({ TOOL_SCOPES_JSON: '{"one":[]}' }), load(t, {})]) {
    const { sources, resources, templates, prompts } = catalog;
    t.same([sources.size, resources.size, templates.length, prompts.size], [0, 0, 0, 0]);
    t.notOk('instructions' in catalog);
  }
  t.equal(load(t, { instructions: 'Ask first.' }).instructions, 'Ask first.');
});

t.test('resources and prompts count for what the whole asks for', async (t) => {
  const resources = [
    { uri: 'x:a', name: 'a', path: 'a', scopes: ['b', 'offline_access'] },
    { uriTemplate: 'x:{a}', name: 'b', path: 'a', scopes: ['c'] },
  ];
  const prompts = [{ name: 'p', path: 'p', scopes: ['a', 'b'] }];
  const catalog = load(t, { resources, prompts });
  t.same(catalog.scopes, ['a', 'b', 'c']);
  t.equal(catalog.hasPublic, false);
  const open = [
    { resources: [{ uri: 'x:a', name: 'a', path: 'a', public: true }] },
    { resources: [{ uriTemplate: 'x:{a}', name: 'a', path: 'a', public: true }] },
    { prompts: [{ name: 'p', path: 'p', public: true }] },
  ];
  for (const beside of open) {
    const { hasPublic, warnings } = load(t, beside);
    t.equal(hasPublic, false, 'only a tool opens the lists');
    t.match(warnings, [/public, but no tool is/]);
    const beneath = { tools: [{ name: 'look', public: true }] };
    const { warnings: none } = load(t, { ...beneath, ...beside });
    t.notMatch(none.join(), /no tool is/);
  }
});

t.test(
  'everything that can be called or read has a name of its own to be counted under',
  async (t) => {
    const resources = [
      { uri: 'a://a', name: 'same', path: 'a' },
      { uriTemplate: 'b://{id}', name: 'each', path: 'b' },
    ];
    const prompts = [{ name: 'same', path: 'p' }];
    const file = t.testdir({
      'c.json': JSON.stringify({ tools: [{ name: 'same' }], resources, prompts }),
    });
    const catalog = loadCatalog({ TOOLS_FILE: `${file}/c.json` });
    t.same([...namesOf(catalog)], ['same', 'resources/same', 'resources/each', 'prompts/same']);
  },
);
