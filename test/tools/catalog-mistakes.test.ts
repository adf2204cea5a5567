import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ConfigError, type Problem } from '../../src/config.ts';
import { loadCatalog } from '../../src/tools/catalog.ts';

type Source = Parameters<typeof loadCatalog>[0];

function problemsOf(source: Source): readonly Problem[] {
  try {
    loadCatalog(source);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}
const texts = (source: Source) => problemsOf(source).map(({ problem }) => problem);

const file = (t: Test, text: string): Source => ({
  TOOLS_FILE: join(t.testdir({ 'tools.json': text }), 'tools.json'),
});
/** What is wrong with these tools. */
const wrong = (t: Test, ...tools: unknown[]) => texts(file(t, JSON.stringify({ tools })));

t.test('every mistake at once, each with the name of its tool', async (t) => {
  const found = wrong(
    t,
    { name: 'a b' },
    { name: 'openDoor', public: true, scopes: ['door:open'], path: '../admin' },
    { name: 'good' },
    { name: 'broken', inputSchema: { type: 'object', properties: 5 } },
    { name: 'good' },
    { name: 'broken', timeoutMs: 0 },
    { scopes: [] },
    7,
    { name: 'answers', outputSchema: { type: 'object', required: 'id' } },
  );
  t.match(found, [
    /^tool a b: name: is not 1 to 64 letters/,
    /^tool openDoor: path: is not a plain relative path/,
    /^tool openDoor: scopes: a public tool has no scopes/,
    /^tool broken: has a broken schema: .*properties must be object/,
    'tool good: stands twice',
    'tool broken: stands twice',
    /^tool broken: timeoutMs: /,
    /^tool number 7: name: /,
    /^tool number 8: /,
    /^tool answers: has a broken schema: .*required must be array/,
  ]);
  t.equal(found.length, 10);
});

t.test('a mistake of the whole hides none of what stands in it', async (t) => {
  const one = { name: 'a', scope: ['x'] };
  const page = { uri: 'x:a', name: 'b c', path: 'a' };
  const catalog = { tools: [one], resources: [page], prompts: {}, resource: [], instructions: '' };
  t.match(texts(file(t, JSON.stringify(catalog))), [
    /^instructions: /,
    /^prompts: .*expected array/,
    /^Unrecognized key: "resource"/,
    /^tool a: Unrecognized key: "scope"/,
    /^resource b c: name: /,
  ]);
  t.match(texts(file(t, JSON.stringify({ tools: 7, prompts: [{ name: 'a' }] }))), [
    /^tools: .*expected array/,
    /^prompt a: messages: /,
  ]);
});

t.test('a problem says which setting and where to look', async (t) => {
  const fix = 'See examples/tools.json and examples/tools.schema.json';
  t.match(problemsOf({ TOOL_SCOPES_JSON: '{"a b":[]}' }), [{ name: 'TOOL_SCOPES_JSON', fix }]);
  t.match(problemsOf(file(t, '{"tools":[{"name":"a b"}]}')), [{ name: 'TOOLS_FILE', fix }]);
});

t.test('what cannot be read', async (t) => {
  t.match(texts(file(t, '\ufeff{"tools":')), [/^cannot be read: (?!.*\ufeff)/]);
  t.match(texts({ TOOLS_FILE: join(t.testdir({}), 'none.json') }), [/^cannot be read: ENOENT/]);
  t.match(texts(file(t, '{"tools":')), [/^cannot be read: /]);
  t.match(texts({ TOOL_SCOPES_JSON: 'listEvents=events:read' }), [/^cannot be read: /]);
  t.match(texts({}), [/^cannot be read: /]);
});

t.test('what is no catalog', async (t) => {
  const bad: Record<string, RegExp> = {
    '[]': /expected object/,
    null: /expected object/,
    '{}': /^tools: .*expected array/,
    '{"tools":{}}': /^tools: .*expected array/,
    '{"tools":[]}': /^tools: /,
    '{"tools":[{"name":"a"}],"tool":1}': /"tool"/,
    '{"tools":[{"name":"a"}],"resources":{}}': /^resources: .*expected array/,
    '{"tools":[{"name":"a"}],"prompts":1}': /^prompts: .*expected array/,
    '{"tools":[{"name":"a"}],"instructions":""}': /^instructions: /,
  };
  for (const [text, problem] of Object.entries(bad)) t.match(texts(file(t, text)), [problem], text);
  const short: Record<string, RegExp> = {
    '[]': /expected record/,
    '{}': /^tools: /,
    '{"__proto__":["a"]}': /^tools: /,
    '{"listEvents":"events:read"}': /^tool listEvents: scopes: .*expected array/,
    '{"listEvents":["events:read events:write"]}': /^tool listEvents: scopes.0: is no scope/,
  };
  for (const [line, problem] of Object.entries(short)) {
    t.match(texts({ TOOL_SCOPES_JSON: line }), [problem], line);
  }
});

t.test('no path leads out of FUNCTIONS_BASE', async (t) => {
  const tricks = [
    '..',
    '.',
    '../admin',
    'a/..',
    'a/../b',
    'a/./b',
    './a',
    '/abs',
    '//evil.example.com',
    'a//b',
    'a/',
    'http://evil.example.com',
    'https:evil',
    'a?b=c',
    'a#b',
    '%2e%2e',
    '%2e%2e/admin',
    'a%2fb',
    '..%2fadmin',
    '..\\admin',
    '\\\\evil.example.com',
    'a b',
    'a\nb',
    'a\n',
    'a;b',
    'a@b',
    'a:80',
    '',
    'ä',
  ];
  for (const path of tricks) {
    t.match(
      wrong(t, { name: 'one', path }),
      [/^tool one: path: is not a plain relative path/],
      path,
    );
  }
  for (const path of ['a', 'a/b', '...', '..a', 'a..', '.well-known/a', '~a', 'v1.2/a-b_c']) {
    t.same(wrong(t, { name: 'one', path }), [], path);
  }
});

t.test('names', async (t) => {
  for (const name of ['', 'a b', 'a/b', '..', 'a.b', 'ä', 'a\n', 'x'.repeat(65)]) {
    t.match(wrong(t, { name }), [/name: is not 1 to 64 letters/], name);
  }
  t.same(wrong(t, { name: 'x'.repeat(64) }, { name: 'A-z_0' }), []);
});

t.test('scopes', async (t) => {
  for (const scope of ['', 'a b', 'a"b', 'a\\b', 'ä', 'a\n']) {
    t.match(wrong(t, { name: 'one', scopes: [scope] }), [/scopes.0: is no scope/], scope);
  }
  t.match(wrong(t, { name: 'one', public: true, scopes: ['a'] }), [/a public tool has no scopes/]);
  t.same(wrong(t, { name: 'one', public: true, scopes: [] }), []);
});

t.test('a word the catalog does not know is a mistake, not ignored', async (t) => {
  t.match(wrong(t, { name: 'one', scope: ['events:read'] }), [/^tool one: .*"scope"/]);
  t.match(wrong(t, { name: 'one', annotations: { readonlyHint: true } }), [
    /^tool one: annotations: .*"readonlyHint"/,
  ]);
  t.same(wrong(t, { name: 'one', scope: [], securitySchemes: [], other: 1 }), [
    'tool one: Unrecognized keys: "scope", "securitySchemes", "other"; "scope" is written scopes; "securitySchemes" is made from scopes and public',
  ]);
  t.same(wrong(t, { name: 'one', constructor: 1, annotations: { scope: 1 } }), [
    'tool one: annotations: Unrecognized key: "scope"',
    'tool one: Unrecognized key: "constructor"',
  ]);
});

t.test('values of the wrong type', async (t) => {
  const bad = {
    title: '',
    description: '',
    scopes: 'events:read',
    public: 'true',
    inputSchema: { type: 'array' },
    outputSchema: [],
    interactive: 'yes',
    icons: {},
    annotations: [],
    _meta: [],
    timeoutMs: 1.5,
  };
  for (const [name, value] of Object.entries(bad)) {
    t.match(wrong(t, { name: 'one', [name]: value }), [new RegExp(`^tool one: ${name}`)], name);
  }
  t.match(wrong(t, { name: 'one', timeoutMs: 600_001 }), [/^tool one: timeoutMs: /]);
});

t.test('both schemas of a tool are judged, whichever is broken', async (t) => {
  const broken = { type: 'object', required: 'id' };
  t.match(wrong(t, { name: 'one', inputSchema: broken, outputSchema: broken }), [
    /^tool one: has a broken schema: /,
    /^tool one: has a broken schema: /,
  ]);
});

t.test('icons: https, or the image itself', async (t) => {
  for (const src of ['https://example.com/a.png', 'data:image/svg+xml;base64,PHN2Zy8+']) {
    t.same(wrong(t, { name: 'one', icons: [{ src, theme: 'dark' }] }), [], src);
  }
  for (const src of [
    'http://example.com/a.png',
    'javascript:alert(1)',
    'data:text/html,a',
    'a.png',
    'https://',
    'https://a b',
    '',
  ]) {
    t.match(wrong(t, { name: 'one', icons: [{ src }] }), [/^tool one: icons.0.src: is neither/]);
  }
  const src = 'https://example.com/a.png';
  for (const more of [{ sizes: ['48'] }, { sizes: '48x48' }, { theme: 'blue' }, { url: src }]) {
    t.match(wrong(t, { name: 'one', icons: [{ src, ...more }] }), [/^tool one: icons.0/]);
  }
});
