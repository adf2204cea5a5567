import t from 'tap';
import { loadCatalog } from '../../src/tools/catalog.ts';
import { leastScopes } from '../../src/tools/least-scopes.ts';
import { load } from './load.ts';

const written = loadCatalog({
  TOOL_SCOPES_JSON: JSON.stringify({ all: ['c', 'b', 'a'], some: ['c', 'x'], none: [] }),
});
const scopesOf = (implies: ReadonlyMap<string, readonly string[]>) =>
  [...leastScopes(written, implies).tools.values()].map(({ scopes }) => scopes);

t.test('what another scope of the tool implies need not be asked for', async (t) => {
  t.same(
    scopesOf(
      new Map([
        ['a', ['b', 'c']],
        ['b', ['c']],
      ]),
    ),
    [['a'], ['c', 'x'], []],
  );
  t.same(scopesOf(new Map([['b', ['c']]])), [['b', 'a'], ['c', 'x'], []]);
  t.same(scopesOf(new Map([['y', ['c', 'x']]])), [['c', 'b', 'a'], ['c', 'x'], []]);
});

t.test('without a hierarchy nothing changes, and never the union of all', async (t) => {
  t.same(leastScopes(written, new Map()), written);
  t.same(leastScopes(written, new Map([['a', ['b', 'c']]])).scopes, ['a', 'b', 'c', 'x']);
});

t.test('resources, templates and prompts too, each like what it is read from', async (t) => {
  const scopes = ['a', 'b'];
  const catalog = load(t, {
    files: { 'a.txt': 'a' },
    resources: [
      { uri: 'x:file', name: 'file', file: 'a.txt', scopes },
      { uri: 'x:live', name: 'live', path: 'a', scopes },
      { uriTemplate: 'x:{a}', name: 'template', path: 'a', scopes },
    ],
    prompts: [
      {
        name: 'written',
        scopes,
        messages: [{ role: 'user', content: { type: 'text', text: '' } }],
      },
      { name: 'live', path: 'a', scopes },
    ],
  });
  t.strictSame(leastScopes(catalog, new Map()), catalog);
  const { resources, templates, prompts, sources } = leastScopes(catalog, new Map([['a', ['b']]]));
  const all = [...resources.values(), ...templates, ...prompts.values()];
  t.equal(all.length, 5);
  for (const one of all) t.same(one.scopes, ['a'], one.name);
  t.equal(sources.size, 3);
  for (const one of sources.values()) t.same(one.scopes, ['a'], one.name);
  const behind = all.flatMap(({ source }) => source ?? []);
  t.same(
    behind.map((one) => [one.name, one.scopes]),
    [...sources].map(([name]) => [name, ['a']]),
  );
});
