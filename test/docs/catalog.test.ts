import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { loadCatalog } from '../../src/tools/catalog.ts';
import { editorSchema } from '../../src/tools/schema.ts';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';
import { type Beside, load, plain, wrong } from '../tools/load.ts';
import { readBlocks } from './read-blocks.ts';

const path = 'docs/catalog.md';
const page = readFileSync(path, 'utf8');
const blocks = readBlocks(path).filter(({ language }) => language === 'json');
const files = { 'house-rules.md': 'Shoes off.' };

/** The cells of each row of the table of three columns below a heading. */
function rowsOf(heading: string): [string, string, string][] {
  const [, after = ''] = page.split(`\n${heading}\n`);
  const [section = ''] = after.split(/\n#+ /);
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((line) => {
    const [first = '', second = '', ...third] = line.slice(2, -2).split(' | ');
    return [first.trim(), second.trim(), third.join(' | ')];
  });
}

const code = (cell: string): string => /^`(.*)`$/.exec(cell)?.[1] ?? '';

/** A JSON Schema as far as it is looked at here. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly default?: unknown;
  readonly not?: object;
}

const whole = editorSchema() as Schema;
const entry = (kind: string): Schema => whole.properties?.[kind]?.items ?? {};
const variants = (schema: Schema): readonly Schema[] => schema.anyOf ?? [schema];

/** What may be written by any of the variants: the members, and whether all of them need it. */
function membersOf(schema: Schema): Map<string, Schema & { readonly needed: boolean }> {
  const all = variants(schema);
  const found = all.flatMap(({ properties = {} }) => Object.entries(properties));
  const possible = found.filter(([, one]) => one.not === undefined);
  const needed = (name: string) => all.every(({ required = [] }) => required.includes(name));
  return new Map(possible.map(([name, one]) => [name, { ...one, needed: needed(name) }]));
}

const calling = rowsOf('## How it is called').map(([name]) => code(name));
const within = (schema: Schema, name: string): Schema => membersOf(schema).get(name) ?? {};

const tables: readonly [heading: string, schema: Schema, called: boolean][] = [
  ['## The file', whole, false],
  ['## Tools', entry('tools'), true],
  ['### Hints', within(entry('tools'), 'annotations'), false],
  ['## Resources', entry('resources'), true],
  ['### For hosts', within(entry('resources'), 'annotations'), false],
  ['## Prompts', entry('prompts'), true],
  ['### Arguments', within(entry('prompts'), 'arguments').items ?? {}, false],
  ['## Icons', within(entry('tools'), 'icons').items ?? {}, false],
];

for (const [heading, schema, called] of tables) {
  t.test(`${heading}: every member that can be written, and what it is when it is not`, (t) => {
    const members = membersOf(schema);
    const listed = rowsOf(heading);
    const names = listed.map(([name]) => code(name));
    t.same(new Set([...names, ...(called ? calling : [])]), new Set(members.keys()));
    for (const [name, unset] of listed) checkUnset(t, unset, members.get(code(name)));
    t.end();
  });
}

t.test('how it is called: the same for all three', (t) => {
  for (const kind of ['tools', 'resources', 'prompts']) {
    const members = membersOf(entry(kind));
    for (const [name, unset] of rowsOf('## How it is called')) {
      checkUnset(t, unset, members.get(code(name)));
    }
  }
  t.end();
});

/** Compares the second column of a row with the schema. */
function checkUnset(t: Test, unset: string, member?: Schema & { readonly needed: boolean }) {
  t.equal(unset === 'required', member?.needed);
  if (member?.default !== undefined) t.equal(unset, `\`${JSON.stringify(member.default)}\``);
}

const read = (text: string): Beside => JSON.parse(text);

t.test('every snippet loads, and says enough not to be warned about', async (t) => {
  t.ok(blocks.length >= 5);
  for (const { text, heading } of blocks) {
    const { warnings } = load(t, { files, tools: [{ ...plain, public: true }], ...read(text) });
    const few = heading === 'The catalog' ? 1 : 0;
    t.equal(warnings.length, few, `${heading}: ${warnings}`);
  }
  const [icons] = /"icons": (\[.*\])(?=`)/.exec(page)?.slice(1) ?? [];
  t.same(wrong(t, { tools: [{ ...plain, icons: JSON.parse(icons ?? '') }] }), []);
});

t.test('the line of TOOL_SCOPES_JSON on the page is one', async (t) => {
  const [line = ''] = /(?<=`)\{"listEvents":\[[^`]*(?=`)/.exec(page) ?? [];
  t.same(loadCatalog({ TOOL_SCOPES_JSON: line }).scopes, ['events:read', 'events:write']);
});

t.test('every mistake of the table stops the start, and is told so', async (t) => {
  const bare = { tool: plain, resource: { name: 'r' }, prompt: { name: 'p' } };
  const rows = rowsOf('## What stops the start');
  t.ok(rows.length > 15);
  for (const [kind, written, told] of rows) {
    const entry = { ...Object(bare)[kind], ...JSON.parse(`{${code(written)}}`) };
    const [problem = '', ...more] = wrong(t, { [`${kind}s`]: [entry] });
    t.ok(problem.startsWith(`${kind} ${entry.name}: ${code(told)}`), `${told}: ${problem}`);
    t.same(more, [], written);
  }
});

t.test('every warning of the table is one', async (t) => {
  const page = { uri: 'ui://page', name: 'page', path: 'page' };
  const apps = { ...page, mimeType: 'text/html;profile=mcp-app' };
  const shows = (resourceUri: string) => ({
    ...plain,
    name: 'lookUp',
    _meta: { ui: { resourceUri } },
  });
  const catalogs: Beside[] = [
    { tools: [{ name: 'lookUp' }] },
    { tools: [shows('ui://gone')] },
    { tools: [{ ...shows('ui://page'), public: true }], resources: [apps] },
    { tools: [shows('ui://page')], resources: [{ ...apps, scopes: ['hr:read'] }] },
    { resources: [{ uri: 'notes://all', name: 'notes', path: 'notes', public: true }] },
    { resources: [page] },
  ];
  const told = rowsOf('## What only warns').map(([, second]) => code(second));
  t.same(
    told,
    catalogs.flatMap((catalog) => load(t, catalog).warnings),
  );
});

t.test('what a backend of a template gets, and under which name', async (t) => {
  const { text = '' } = blocks.find(({ heading }) => heading === 'Resources') ?? {};
  const { modern, backend } = await setStage(t, { more: read(text), files });
  const [sent = ''] = /(?<=`)\{"uri": "events:[^`]*(?=`)/.exec(page) ?? [];
  await modern('resources/read', { uri: JSON.parse(sent).uri });
  t.same(JSON.parse(backend.received[0]?.body ?? ''), JSON.parse(sent));
  t.match(page, `\`x-tool-name: ${backend.received[0]?.headers['x-tool-name']}\``);
  t.match(page, String(backend.received[0]?.path).slice(1));
});

t.test('what each revision sees', async (t) => {
  const seen = rowsOf('## What each revision of MCP sees');
  const tools = [{ name: 'one', outputSchema: { type: 'array' } }];
  const { text = '' } = blocks.find(({ heading }) => heading === 'Resources') ?? {};
  const { modern, mcp } = await setStage(t, { tools, more: read(text), files });
  const row = (first: string) => seen.find(([name]) => name === first) ?? [];
  const missing = { uri: 'notes://none' };
  const codes = await Promise.all([modern, mcp].map((ask) => ask('resources/read', missing)));
  t.same(
    codes.map((got) => String(Object(parsed(got)['error']).code)),
    row('a resource that is not there').slice(1),
  );
  const lists = await Promise.all(
    [modern, mcp].map(async (ask) => parsed(await ask('tools/list'))),
  );
  t.match(lists, [{ result: { tools: [{ outputSchema: { type: 'array' } }] } }, { result: {} }]);
  t.notMatch(JSON.stringify(lists[1]), /outputSchema|ttlMs|cacheScope/);
  t.match(lists[0], { result: { ttlMs: Number, cacheScope: String } });
});
