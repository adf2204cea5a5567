import t from 'tap';
import { bearer, parsed } from '../../send.ts';
import { type Entry, setStage } from '../../stage.ts';

const full: Entry = {
  name: 'addEvent',
  title: 'Add an event',
  description: 'Use this when asked to.',
  scopes: ['events:write', 'events:read'],
  inputSchema: { type: 'object', properties: { day: { type: 'string' } }, 'x-kept': true },
  outputSchema: { type: 'object', properties: { id: { type: 'string' } } },
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
  _meta: { 'openai/outputTemplate': 'ui://widget', ui: { resourceUri: 'ui://widget' } },
  path: 'internal/add',
  timeoutMs: 1000,
};
const open: Entry = { name: 'look', public: true };
const bare: Entry = { name: 'whoami' };
const tools = [full, open, bare];

const listed = (body: Record<string, unknown>): Record<string, unknown>[] =>
  Object(body['result']).tools;

t.test('the list as it stands on the wire', async (t) => {
  const { mcp } = await setStage(t, { tools });
  const oauth2 = (scopes: string[]) => ({ type: 'oauth2', scopes });
  const schemes = [oauth2(['events:write', 'events:read'])];
  const openSchemes = [{ type: 'noauth' }, oauth2([])];
  const inputSchema = { type: 'object' };
  const cautious = {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: true,
  };
  t.same(listed(parsed(await mcp('tools/list'))), [
    {
      name: 'addEvent',
      title: full['title'],
      description: full['description'],
      inputSchema: full['inputSchema'],
      outputSchema: full['outputSchema'],
      annotations: { ...Object(full['annotations']), idempotentHint: false },
      securitySchemes: schemes,
      _meta: {
        'openai/outputTemplate': 'ui://widget',
        ui: { resourceUri: 'ui://widget' },
        'ui/resourceUri': 'ui://widget',
        securitySchemes: schemes,
      },
    },
    {
      name: 'look',
      title: 'Look',
      inputSchema,
      annotations: cautious,
      securitySchemes: openSchemes,
      _meta: { securitySchemes: openSchemes },
    },
    {
      name: 'whoami',
      title: 'Whoami',
      inputSchema,
      annotations: cautious,
      securitySchemes: [oauth2([])],
      _meta: { securitySchemes: [oauth2([])] },
    },
  ]);
});

t.test(
  'older hosts are told the widget by the flat key too, unless the catalog says it',
  async (t) => {
    const ui = { resourceUri: 'ui://widget', visibility: ['model'] };
    const flat = 'ui/resourceUri';
    const metas = [
      { ui, [flat]: 'ui://older' },
      { ui: { visibility: ['app'] } },
      { ui: { resourceUri: 7 } },
      { ui: null },
      { [flat]: 'ui://older' },
    ];
    const widgets = metas.map((_meta, i): Entry => ({ name: `tool${i}`, _meta }));
    const { mcp } = await setStage(t, { tools: widgets });
    const told = listed(parsed(await mcp('tools/list'))).map(({ _meta }) => {
      const { securitySchemes: _, ...meta } = Object(_meta);
      return meta;
    });
    t.same(told, metas);
  },
);

t.test('TOOLS_LIST: the whole catalog, or what the caller may call', async (t) => {
  const names = async (TOOLS_LIST: string, scope: string | undefined) => {
    const { issuer, mcp } = await setStage(t, { tools, env: { TOOLS_LIST } });
    const headers =
      scope === undefined ? { authorization: [] } : bearer(await issuer.token({ scope }));
    return listed(parsed(await mcp('tools/list', {}, { headers }))).map(({ name }) => name);
  };
  const all = ['addEvent', 'look', 'whoami'];
  t.same(await names('all', ''), all);
  t.same(await names('all', undefined), all);
  t.same(await names('allowed', 'events:read events:write'), all);
  t.same(await names('allowed', 'events:read'), ['look', 'whoami']);
  t.same(await names('allowed', undefined), ['look']);
});

t.test('icons and descriptions stand in the list where the catalog has them', async (t) => {
  const icons = [{ src: 'https://example.com/a.png', mimeType: 'image/png', sizes: ['48x48'] }];
  const { mcp } = await setStage(t, { tools: [{ name: 'look', description: 'Looks.', icons }] });
  t.match(listed(parsed(await mcp('tools/list'))), [{ description: 'Looks.', icons }]);
});
