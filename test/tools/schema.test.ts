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
  const good = [
    one(),
    one({ path: 'a/b' }),
    one({ scopes: ['a'] }),
    one({ inputSchema: { type: 'object', 'x-own': 1 } }),
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
