import t, { type Test } from 'tap';
import { load, plain } from './load.ts';

const uri = 'ui://widget/a.html';
const app = { uri, name: 'a', path: 'a', mimeType: 'text/html;profile=mcp-app' };

/** What is said of a tool with this `_meta` beside these resources. */
const warned = (t: Test, tool: object, ...resources: object[]) =>
  load(t, { tools: [{ ...plain, ...tool }], resources }).warnings;

t.test('a widget that can be shown gives no cause', async (t) => {
  const _meta = {
    ui: { resourceUri: uri },
    'ui/resourceUri': uri,
    'openai/outputTemplate': uri,
  };
  t.same(warned(t, { _meta }, app), []);
  t.same(warned(t, { _meta, public: true }, { ...app, public: true }), []);
  t.same(warned(t, { _meta }, { ...app, mimeType: 'text/html+skybridge' }), []);
  const { uri: _, ...one } = app;
  t.same(warned(t, { _meta }, { ...one, uriTemplate: 'ui://widget/{name}' }), []);
  t.same(warned(t, {}, { uri: 'x:a', name: 'text', path: 'a' }), []);
  t.same(warned(t, { _meta: { ui: { resourceUri: 'ui://widget/%61.html' } } }, app), []);
});

t.test('other words in _meta are none of our business', async (t) => {
  for (const _meta of [
    {},
    { ui: 7 },
    { ui: { resourceUri: 7 } },
    { 'openai/outputTemplate': {} },
    { 'ui/resourceUri': [uri] },
  ]) {
    t.same(warned(t, { _meta }), []);
  }
});

t.test('a tool whose widget is no resource', async (t) => {
  const none = `is ${uri}, which is no resource of the catalog.`;
  const _meta = {
    'openai/outputTemplate': uri,
    'ui/resourceUri': uri,
    ui: { resourceUri: uri },
  };
  t.same(warned(t, { _meta }), [
    `tool plain: _meta.ui.resourceUri ${none}`,
    `tool plain: _meta["ui/resourceUri"] ${none}`,
    `tool plain: _meta["openai/outputTemplate"] ${none}`,
  ]);
  const { uri: _, ...one } = app;
  const other = { ...one, uriTemplate: 'ui://other/{name}' };
  t.equal(warned(t, { _meta }, other).length, 3, 'a template of others is not its own');
});

t.test('a public tool whose widget is not', async (t) => {
  const _meta = { ui: { resourceUri: uri } };
  t.same(warned(t, { _meta, public: true }, app), [
    `tool plain: it is public, its widget ${uri} is not.`,
  ]);
});

t.test('a tool whose caller may not read its widget', async (t) => {
  const _meta = { ui: { resourceUri: uri } };
  const scoped = (...scopes: string[]) => ({ ...app, scopes });
  t.same(warned(t, { _meta, scopes: ['r'] }, scoped('admin', 'r', 'hr')), [
    `tool plain: its widget ${uri} wants admin, hr, which the tool does not.`,
  ]);
  t.same(warned(t, { _meta }, scoped('r')), [
    `tool plain: its widget ${uri} wants r, which the tool does not.`,
  ]);
  t.same(warned(t, { _meta, scopes: ['r', 'admin'] }, scoped('admin')), []);
  t.same(warned(t, { _meta, scopes: ['r'] }, app), []);
  t.same(warned(t, { _meta, public: true }, scoped('r')), [
    `tool plain: it is public, its widget ${uri} is not.`,
  ]);
});

t.test('one widget named by several keys is warned of once', async (t) => {
  const _meta = { ui: { resourceUri: uri }, 'ui/resourceUri': uri, 'openai/outputTemplate': uri };
  t.equal(warned(t, { _meta }, { ...app, scopes: ['r'] }).length, 1);
  t.equal(warned(t, { _meta, public: true }, app).length, 1);
});

t.test('a ui:// resource that no host shows', async (t) => {
  const said = (name: string, where: string) =>
    `resource ${name}: no host shows ${where}: its mimeType is neither text/html;profile=mcp-app nor text/html+skybridge.`;
  for (const mimeType of ['text/html', 'text/html; profile=mcp-app', 'TEXT/HTML+SKYBRIDGE']) {
    t.same(warned(t, {}, { ...app, mimeType }), [said('a', uri)], mimeType);
  }
  const { mimeType: _, uri: __, ...bare } = app;
  t.same(warned(t, {}, { ...bare, uri }, { ...bare, name: 'b', uriTemplate: 'ui://{x}' }), [
    said('a', uri),
    said('b', 'ui://{x}'),
  ]);
});
