import t from 'tap';
import { deepest, nestsDeeper } from '../src/json-depth.ts';

const nested = (depth: number, open = '[', close = ']'): string =>
  open.repeat(depth) + close.repeat(depth);

t.test('the deepest that is allowed, and one more', async (t) => {
  t.notOk(nestsDeeper(nested(deepest)));
  t.ok(nestsDeeper(nested(deepest + 1)));
  t.notOk(nestsDeeper(`${nested(deepest, '{"a":', '}').replace('}', '1}')}${' '.repeat(999)}`));
  t.ok(nestsDeeper(nested(deepest + 1, '{"a":', '}')));
  t.ok(nestsDeeper(nested(400_000)), 'as deep as a body can be');
});

t.test('siblings are no depth', async (t) => {
  t.notOk(nestsDeeper(`[${nested(1).repeat(5000)}]`));
  t.notOk(nestsDeeper(JSON.stringify(Array.from({ length: 500 }, () => ({ a: [{}] })))));
});

t.test('brackets in strings are text, however they are quoted', async (t) => {
  const brackets = '['.repeat(500);
  for (const value of [brackets, `"${brackets}`, `\\"${brackets}`, `\\${brackets}`, `${brackets}"`])
    t.notOk(nestsDeeper(JSON.stringify({ value })), value.slice(0, 3));
  t.ok(nestsDeeper(`["\\\\",${brackets}`), 'a backslash that is escaped escapes nothing');
  t.notOk(nestsDeeper(`"${brackets}`), 'a string that never ends');
  t.notOk(nestsDeeper(`"${brackets}\\`), 'nor after a last backslash');
});
