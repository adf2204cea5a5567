import t, { type Test } from 'tap';
import { openDoor } from '../../../../examples/rehearsal/door.ts';
import { createFetch } from '../../../../examples/rehearsal/http.ts';
import { toolsList } from '../../../../examples/rehearsal/steps/tools-list.ts';
import { widgets } from '../../../../examples/rehearsal/steps/widgets.ts';
import { rejected } from '../rejected.ts';
import { mcp, type Script, type Scripted, serve, tool } from '../serve.ts';

const fetch = createFetch('test/1');

const play = async (t: Test, script: Script, granted = ['r']) => {
  const url = new URL(`${await serve(t, mcp(script))}/mcp`);
  const door = openDoor(url, fetch, () => 'token');
  t.teardown(() => door.close());
  const { value: tools } = await toolsList(door);
  return widgets(door, tools, granted, { url, fetch });
};

const app = 'text/html;profile=mcp-app';
const older = 'text/html+skybridge';
const ui = { ui: { resourceUri: 'ui://a' } };
const template = { 'openai/outputTemplate': 'ui://a' };
const page = (mimeType: string | undefined): Scripted => ({
  result: { contents: [{ uri: 'ui://a', mimeType, text: '<p>' }] },
});
const contents = (...items: object[]): Scripted => ({ result: { contents: items } });
const list = (_meta: object) => tool('list', ['r'], { _meta });

t.test('without a widget there is nothing to read', async (t) => {
  t.match(await play(t, { tools: [tool('list', ['r'])] }), {
    skipped: true,
    detail: 'no tool names a widget',
  });
});

t.test('each page is read once, with the token, and may have the type of its kind', async (t) => {
  const read: [string, string | undefined][] = [];
  const types: Record<string, string> = { 'ui://a': app, 'ui://b': older, 'ui://c': app };
  const resource = (uri: string, authorization: string | undefined) => {
    read.push([uri, authorization]);
    return page(types[uri]);
  };
  const tools = [
    tool('one', ['r'], { _meta: { ...ui, 'ui/resourceUri': 'ui://a' } }),
    tool('two', ['r'], { _meta: { ...ui, 'openai/outputTemplate': 'ui://b' } }),
    tool('three', ['r'], { _meta: { 'openai/outputTemplate': 'ui://c' } }),
  ];
  const { detail } = await play(t, { tools, resource });
  t.equal(detail, `ui://a (${app}), ui://b (${older}), ui://c (${app})`);
  t.strictSame(
    read,
    ['ui://a', 'ui://b', 'ui://c'].map((uri) => [uri, 'Bearer token']),
  );
});

t.test('the page of a public tool is read without a token too', async (t) => {
  const tools = [tool('open', [], { _meta: ui })];
  const { detail } = await play(t, { tools, resource: () => page(app) });
  t.equal(detail, `ui://a (${app}), ui://a without a token too`);
  const resource = (_: string, authorization: string | undefined) =>
    authorization === undefined ? { reply: { status: 401, body: {} } } : page(app);
  t.match(await rejected(play(t, { tools, resource })), {
    failure: { expected: /open \(.*without a token/, came: /^HTTP 401/, fix: /"public": true/ },
  });
});

t.test('a gateway that lets nobody in without a token has no public widget', async (t) => {
  const script = { tools: [tool('open', [], { _meta: ui })], resource: () => page(app) };
  const closed = { ...script, refuse: { status: 401, body: {} } };
  const origin = await serve(t, (request) =>
    mcp(request.headers.authorization === undefined ? closed : script)(request),
  );
  const url = new URL(`${origin}/mcp`);
  const door = openDoor(url, fetch, () => 'token');
  t.teardown(() => door.close());
  const { value: tools } = await toolsList(door);
  const failure = { came: /^HTTP 401/, fix: /^It needs a token/ };
  t.match(await rejected(widgets(door, tools, [], { url, fetch })), { failure });
});

const forbidden: Scripted = {
  reply: {
    status: 403,
    headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="w"' },
    body: {},
  },
};

t.test('an answer that is no page is the error of the client', async (t) => {
  const resource = () => contents({ uri: 'ui://a', mimeType: app });
  const message = /^Invalid result for resources\/read/;
  t.match(await rejected(play(t, { tools: [list(ui)], resource })), { message });
});

t.test('a page may need the scope its tool needs', async (t) => {
  const script = { tools: [tool('add', ['w'], { _meta: ui })], resource: () => forbidden };
  t.equal((await play(t, script)).detail, 'ui://a (needs w, as its tool does)');
  const failure = { came: /^HTTP 403/, fix: /take scopes off its resource/ };
  t.match(await rejected(play(t, script, ['w'])), { failure });
});

const gone = { code: -32002, message: 'Resource not found' };

const wrong: [string, Script, object][] = [
  [
    'no resources at all',
    { tools: [list(ui)] },
    {
      expected: 'the page ui://a of list (_meta.ui.resourceUri)',
      came: 'HTTP 200 -32601 Method not found',
      fix: 'Add a resource of the URI ui://a to the catalog, or take the name out of the _meta of list.',
    },
  ],
  [
    'a page that is not there',
    {
      tools: [list({ ...ui, ...template })],
      resource: () => ({ reply: { body: { jsonrpc: '2.0', id: 2, error: gone } } }),
    },
    { expected: /resourceUri\), list \(.*outputTemplate/, came: /-32002/, fix: /^Add a resource/ },
  ],
  [
    'a gateway that cannot',
    { tools: [list(ui)], resource: () => ({ reply: { status: 503, body: {} } }) },
    { came: 'HTTP 503 {}', fix: /request id/ },
  ],
  [
    'a scheme no host takes',
    {
      tools: [list({ ui: { resourceUri: 'https://a.example/' } })],
      resource: () => page(app),
    },
    { came: 'https://a.example/', fix: /begins with ui:/ },
  ],
  [
    'the type of older hosts where the standard names the page',
    { tools: [list({ ...ui, ...template })], resource: () => page(older) },
    { came: `mimeType ${older}`, fix: /to text\/html;profile=mcp-app, to the letter/ },
  ],
  [
    'a type that is not to the letter',
    { tools: [list(template)], resource: () => page('text/html; profile=mcp-app') },
    { fix: /skybridge or text/ },
  ],
  ['no type', { tools: [list(ui)], resource: () => page(undefined) }, { came: 'mimeType none' }],
  [
    'bytes',
    {
      tools: [list(ui)],
      resource: () => contents({ uri: 'ui://a', mimeType: app, blob: 'AAAA' }),
    },
    { came: /blob/, fix: /as text/ },
  ],
  ['nothing', { tools: [list(ui)], resource: () => contents() }, { came: '0 contents' }],
  [
    'two pages',
    {
      tools: [list(ui)],
      resource: () => contents({ uri: 'ui://a', text: '' }, { uri: 'ui://b', text: '' }),
    },
    { came: '2 contents', fix: /one item/ },
  ],
];
for (const [name, script, failure] of wrong) {
  t.test(`${name}: a failure`, async (t) => {
    t.match(await rejected(play(t, script)), { failure });
  });
}
