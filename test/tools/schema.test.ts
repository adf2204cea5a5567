import { readFile } from 'node:fs/promises';
import t from 'tap';
import { catalogSchema, editorSchema } from '../../src/tools/schema.ts';
import { createCompiler } from '../../src/tools/validate.ts';

const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
const check = createCompiler()(Object(editorSchema()));

/**
 * When it differs, write it again:
 * node --input-type=module -e "import { editorSchema } from './src/tools/schema.ts';
 * process.stdout.write(JSON.stringify(editorSchema()))" > examples/tools.schema.json
 * npx biome format --write examples/tools.schema.json
 */
t.test('examples/tools.schema.json is what editorSchema() makes', async (t) => {
  t.strictSame(await read('examples/tools.schema.json'), editorSchema());
});

t.test('the example fits it, and points an editor to it', async (t) => {
  const example = await read('examples/tools.json');
  t.equal(check(example), undefined);
  t.match(example, { $schema: './tools.schema.json' });
});

t.test('an editor and the gateway judge alike', async (t) => {
  const one = (more: object = {}) => ({ tools: [{ name: 'one', ...more }] });
  const content = { type: 'text', text: 'Hello {{b}}' };
  const beside = (member: string, entry: object) => ({ ...one(), [member]: [entry] });
  const good = [
    one(),
    one({ path: 'a/b' }),
    one({ scopes: ['a'] }),
    one({ inputSchema: { type: 'object', 'x-own': 1 } }),
    one({
      outputSchema: { type: 'array' },
      interactive: true,
      icons: [{ src: 'https://a.example' }],
    }),
    { ...one(), instructions: 'Ask first.', resources: [], prompts: [] },
    beside('resources', { uri: 'x:a', name: 'a', file: 'a.txt' }),
    beside('resources', { uri: 'x:a', name: 'a', path: 'a', timeoutMs: 5 }),
    beside('resources', { uriTemplate: 'x:{a}', name: 'a', path: 'a' }),
    beside('prompts', { name: 'a', path: 'a', arguments: [{ name: 'b', values: ['c'] }] }),
    beside('prompts', { name: 'a', messages: [{ role: 'user', content }] }),
  ];
  const bad = [
    {},
    { tools: [] },
    { tools: [{}] },
    one({ name: 'a b' }),
    one({ path: '../a' }),
    one({ path: '%2e%2e' }),
    one({ scopes: ['a b'] }),
    one({ inputSchema: {} }),
    one({ timeoutMs: 0 }),
    one({ scope: [] }),
    { ...one(), more: 1 },
    { ...one(), instructions: '' },
    beside('resources', { uri: 'x:a', name: 'a' }),
    beside('resources', { uri: 'x:a', name: 'a', file: 'a.txt', path: 'a' }),
    beside('resources', { uri: 'x:a', name: 'a', file: 'a.txt', timeoutMs: 5 }),
    beside('resources', { uri: 'x:a', uriTemplate: 'x:{a}', name: 'a', path: 'a' }),
    beside('resources', { uriTemplate: 'x:{a}', name: 'a', file: 'a.txt' }),
    beside('resources', { uri: 'a', name: 'a', file: 'a.txt' }),
    beside('resources', { uri: 'x:a', name: 'a b', file: 'a.txt' }),
    beside('prompts', { name: 'a' }),
    beside('prompts', { name: 'a', path: 'a', messages: [{ role: 'user', content }] }),
    beside('prompts', { name: 'a', messages: [{ role: 'system', content }] }),
    beside('prompts', { name: 'a', messages: [] }),
  ];
  for (const catalog of good) {
    t.equal(check(catalog), undefined);
    t.equal(catalogSchema.safeParse(catalog).success, true);
  }
  for (const catalog of bad) {
    t.type(check(catalog), 'string', JSON.stringify(catalog));
    t.equal(catalogSchema.safeParse(catalog).success, false);
  }
});
