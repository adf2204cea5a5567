import t from 'tap';
import { page, pageSize } from '../../../src/mcp/methods/page.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`);
const key = (name: string): string => name;

t.test('a short list is one page', async (t) => {
  t.same(page(['a', 'b'], key, undefined), { entries: ['a', 'b'] });
  t.same(page([], key, undefined), { entries: [] });
  t.same(page(names(pageSize), key, undefined), { entries: names(pageSize) });
});

t.test('the pages of a long list are the list, each entry once', async (t) => {
  const all = names(2 * pageSize + 1);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const { entries, nextCursor } = page(all, key, cursor);
    seen.push(...entries);
    cursor = nextCursor;
  } while (cursor !== undefined);
  t.same(seen, all);
});

t.test('a cursor that is none is refused', async (t) => {
  for (const cursor of ['', 'x', 7, null, Buffer.from('gone').toString('base64url')]) {
    t.throws(() => page(['a'], key, cursor), { code: -32602 }, String(cursor));
  }
});
