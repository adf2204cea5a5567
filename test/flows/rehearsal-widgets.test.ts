import t from 'tap';
import { rehearse } from '../../examples/rehearsal/rehearse.ts';
import { startWorld } from '../world.ts';

const uri = 'ui://widget/page.html';
const page = {
  uri,
  name: 'page',
  mimeType: 'text/html;profile=mcp-app',
  file: 'page.html',
  scopes: [] as string[],
  public: true,
};

/** A catalog of two tools of the sample backend that name `uri`, and the resource that is to be it. */
const catalog = (resources: object[], publicToo = true) => {
  const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: false };
  const inputSchema = { type: 'object' };
  const _meta = { ui: { resourceUri: uri } };
  const list = { name: 'listEvents', path: 'listEvents', scopes: ['events:read'], public: false };
  const search = { name: 'searchVenues', path: 'searchVenues', scopes: [], public: true };
  const write = { ...list, name: 'addEvent', path: 'addEvent', scopes: ['events:write'] };
  const named = publicToo ? [list, search] : [list];
  const tools = named.map((tool) => ({ ...tool, _meta, annotations, inputSchema }));
  return JSON.stringify({ tools: [...tools, { ...write, annotations, inputSchema }], resources });
};

interface Case {
  readonly when: string;
  readonly catalog: string;
  readonly came: RegExp;
  readonly fix: RegExp;
}

const cases: Case[] = [
  {
    when: 'the widget of a tool is not in the catalog',
    catalog: catalog([]),
    came: /^HTTP \d+ -32601/,
    fix: /^Add a resource of the URI ui:\/\/widget\/page\.html/,
  },
  {
    when: 'another widget is in the catalog',
    catalog: catalog([{ ...page, uri: 'ui://widget/other.html' }]),
    came: /-32002 Resource not found/,
    fix: /^Add a resource of the URI ui:\/\/widget\/page\.html/,
  },
  {
    when: 'the type of a widget is not to the letter',
    catalog: catalog([{ ...page, mimeType: 'text/html; profile=mcp-app' }]),
    came: /^mimeType text\/html; profile=mcp-app$/,
    fix: /mimeType .* to text\/html;profile=mcp-app, to the letter/,
  },
  {
    when: 'the widget of a public tool needs a token',
    catalog: catalog([{ ...page, public: false }]),
    came: /^HTTP 401 missing_token/,
    fix: /"public": true/,
  },
  {
    when: 'a widget needs more scope than its tool',
    catalog: catalog([{ ...page, public: false, scopes: ['events:write'] }], false),
    came: /^HTTP 403 insufficient_scope/,
    fix: /take scopes off its resource/,
  },
];

for (const { when, catalog, came, fix } of cases) {
  t.test(`${when}: the rehearsal stops at widgets and says why`, async (t) => {
    const folder = t.testdir({ 'tools.json': catalog, 'page.html': '<p>A page.</p>' });
    const { gateway } = await startWorld(t, { env: { TOOLS_FILE: `${folder}/tools.json` } });
    const { ok, steps } = await rehearse(gateway.url, { scope: 'events:read' });
    t.equal(ok, false);
    t.match(steps.at(-1), { id: 'widgets', outcome: 'failed', came, fix });
  });
}

t.test('a widget that is as open as its tools is read, with and without a token', async (t) => {
  const folder = t.testdir({ 'tools.json': catalog([page]), 'page.html': '<p>A page.</p>' });
  const { gateway } = await startWorld(t, { env: { TOOLS_FILE: `${folder}/tools.json` } });
  const { steps } = await rehearse(gateway.url, { scope: 'events:read' });
  t.match(
    steps.find(({ id }) => id === 'widgets'),
    { outcome: 'passed', detail: `${uri} (${page.mimeType}), ${uri} without a token too` },
  );
});

t.test('a catalog without widgets skips the step', async (t) => {
  const folder = t.testdir({
    'tools.json': catalog([]).replaceAll(`,"_meta":{"ui":{"resourceUri":"${uri}"}}`, ''),
  });
  const { gateway } = await startWorld(t, { env: { TOOLS_FILE: `${folder}/tools.json` } });
  const { steps } = await rehearse(gateway.url, { scope: 'events:read' });
  t.match(
    steps.find(({ id }) => id === 'widgets'),
    { outcome: 'skipped', detail: 'no tool names a widget' },
  );
});
