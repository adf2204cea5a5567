import t from 'tap';
import { loadCatalog } from '../../src/tools/catalog.ts';
import { leastScopes } from '../../src/tools/least-scopes.ts';

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
