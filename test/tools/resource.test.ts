import t from 'tap';
import { load, wrong } from './load.ts';

t.test('a file: its text is at hand', async (t) => {
  const widget = {
    uri: 'ui://widget/events.html',
    name: 'events.widget',
    title: 'Events',
    description: 'Shows events',
    mimeType: 'text/html;profile=mcp-app',
    icons: [{ src: 'https://example.com/a.png' }],
    annotations: { audience: ['user'], priority: 0.5, lastModified: '2027-01-11T00:00:00Z' },
    _meta: { ui: { prefersBorder: true } },
    scopes: ['events:read'],
    public: false,
  };
  const { resources, templates, sources } = load(t, {
    files: { 'events.html': '<p>ä</p>' },
    resources: [{ ...widget, file: 'events.html' }],
  });
  t.strictSame(resources.get(widget.uri), { ...widget, size: 9, contents: { text: '<p>ä</p>' } });
  t.same([resources.size, templates.length, sources.size], [1, 0, 0]);
});

t.test('a resource the backend reads: what is listed, and what is called', async (t) => {
  const { resources, sources } = load(t, {
    resources: [
      { uri: 'x:a', name: 'live', path: 'v1/live', scopes: ['a'], rateLimitPerMinute: 5 },
      { uri: 'x:b', name: 'open', path: 'open', public: true, interactive: true, timeoutMs: 1 },
    ],
  });
  const { source, ...listed } = Object(resources.get('x:a'));
  t.strictSame(listed, { uri: 'x:a', name: 'live', scopes: ['a'], public: false });
  const { checkInput, ...target } = source;
  t.strictSame(target, {
    name: 'resources/live',
    path: 'v1/live',
    scopes: ['a'],
    public: false,
    timeoutMs: 30_000,
    maxConcurrent: 64,
    maxQueued: 64,
    maxAnswerBytes: 10_485_760,
    rateLimitPerMinute: 5,
    interactive: false,
    annotations: {
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    },
  });
  t.equal(checkInput({ uri: 'x:a' }), undefined);
  t.same([...sources.keys()], ['resources/live', 'resources/open']);
  t.equal(sources.get('resources/live'), source);
  t.match(sources.get('resources/open'), { public: true, interactive: true, timeoutMs: 1 });
});

t.test('templates, in the order of the catalog', async (t) => {
  const entry = (name: string, uriTemplate: string) => ({ uriTemplate, name, path: 'events' });
  const { resources, templates, sources } = load(t, {
    resources: [entry('day', 'events://{day}'), entry('one', 'events://of/{user}/{id}')],
  });
  t.equal(resources.size, 0);
  t.match(templates, [
    { name: 'day', uriTemplate: 'events://{day}', source: { name: 'resources/day' } },
    { name: 'one', uriTemplate: 'events://of/{user}/{id}', source: { name: 'resources/one' } },
  ]);
  t.notOk('path' in Object(templates[0]));
  t.same(templates[0]?.match('events://2027-01-11'), { day: '2027-01-11' });
  t.same(templates[1]?.match('events://of/ada/7'), { user: 'ada', id: '7' });
  t.equal(sources.get('resources/day'), templates[0]?.source);
});

t.test('every mistake at once, each with the name of its resource', async (t) => {
  const live = { path: 'a' };
  const found = wrong(t, {
    resources: [
      { uri: 'events', name: 'relative', ...live },
      { uri: 'x:a', name: 'a b', ...live },
      { uri: 'x:b', name: 'twice', ...live },
      { uri: 'x:c', name: 'twice', ...live },
      { uri: 'x:b', name: 'again', ...live },
      { uri: 'x:%62', name: 'spelt', ...live },
      { uriTemplate: 'x:{a}', name: 'first', ...live },
      { uriTemplate: 'x:{a}', name: 'second', ...live },
      { uriTemplate: 'x:{?a}', name: 'level', ...live },
      { uriTemplate: 'x:{a}', uri: 'x:d', name: 'both', ...live },
      { name: 'nowhere', ...live },
      { uri: 'x:e', name: 'nothing' },
      { uri: 'x:f', name: 'mixed', file: 'a.txt', ...live },
      { uriTemplate: 'x:/{a}', name: 'filed', file: 'a.txt' },
      { uri: 'x:g', name: 'scoped', public: true, scopes: ['a'], ...live },
      { uri: 'x:j', name: 'open.file', public: true, scopes: ['a'], file: 'a.txt' },
      { uriTemplate: 'y:{a}', name: 'open.each', public: true, scopes: ['a'], ...live },
      { uri: 'x:h', name: 'out', path: '../a' },
      { uri: 'x:i', name: 'idle', file: 'a.txt', timeoutMs: 5 },
      7,
    ],
  });
  t.match(found, [
    'resource relative: uri: is no absolute URI (RFC 3986)',
    /^resource a b: name: is not 1 to 64 letters/,
    'resource twice: stands twice',
    /^resource level: uriTemplate: has more than \{name\}/,
    'resource both: uri: stands beside uriTemplate: write one of the two',
    'resource nowhere: uri: is missing: a resource has a uri or a uriTemplate',
    'resource nothing: file: is missing: a resource has a file or a path',
    'resource mixed: file: stands beside path: write one of the two',
    /^resource filed: path: .*expected string/,
    'resource filed: file: stands beside path: write one of the two',
    'resource scoped: scopes: a public resource has no scopes: anyone may use it',
    'resource open.file: scopes: a public resource has no scopes: anyone may use it',
    'resource open.each: scopes: a public resource has no scopes: anyone may use it',
    /^resource out: path: is not a plain relative path/,
    'resource idle: Unrecognized key: "timeoutMs"',
    /^resource number 20: .*expected object/,
    'resource again: x:b stands twice',
    'resource spelt: x:%62 stands twice',
    'resource second: x:{a} stands twice',
  ]);
  t.equal(found.length, 19);
});

t.test('annotations of a resource', async (t) => {
  const one = (annotations: unknown) => ({
    resources: [{ uri: 'x:a', name: 'one', path: 'a', annotations }],
  });
  t.same(wrong(t, one({ audience: ['assistant', 'user'], priority: 1 })), []);
  for (const bad of [
    { audience: ['model'] },
    { priority: 2 },
    { lastModified: 'yesterday' },
    { readOnlyHint: true },
    [],
  ]) {
    t.match(wrong(t, one(bad)), [/^resource one: annotations/], JSON.stringify(bad));
  }
});
