import fc from 'fast-check';
import t from 'tap';
import { createLines } from '../../../src/mcp/ask/ndjson.ts';

/** The lines of bytes that come cut at these places. */
function linesOf(bytes: Buffer, cuts: readonly number[]): string[] {
  const found: string[] = [];
  const lines = createLines((line) => found.push(line.toString()));
  const places = [0, ...cuts, bytes.length].toSorted((a, b) => a - b);
  for (const [i, start] of places.entries()) lines.push(bytes.subarray(start, places[i + 1]));
  lines.end();
  return found;
}

t.test('lines end at a line feed alone, and the last one without', async (t) => {
  const cases: [text: string, lines: string[]][] = [
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\nb', ['a', 'b']],
    ['\n\na\r\nb\rc\n', ['', '', 'a\r', 'b\rc']],
    ['a\u2028b\u0085c\vd\n', ['a\u2028b\u0085c\vd']],
  ];
  for (const [text, lines] of cases) t.same(linesOf(Buffer.from(text), []), lines);
});

t.test('the same lines come wherever the bytes are cut', async () => {
  const unit = fc.constantFrom('a', '\n', '\r', 'ö', '日', '😀', '"', '\u2028');
  const cut = (text: string, seeds: readonly number[]): boolean => {
    const bytes = Buffer.from(text);
    const expected = text.split('\n');
    if (expected.at(-1) === '') expected.pop();
    const cuts = seeds.map((seed) => seed % (bytes.length + 1));
    const all = [linesOf(bytes, cuts), linesOf(bytes, [...bytes.keys()])];
    return all.every((lines) => JSON.stringify(lines) === JSON.stringify(expected));
  };
  const seeds = fc.array(fc.nat(), { maxLength: 9 });
  fc.assert(fc.property(fc.string({ unit, maxLength: 60 }), seeds, cut), { numRuns: 500 });
});

t.test('a line in very many pieces is put together once', async (t) => {
  const found: number[] = [];
  const lines = createLines((line) => found.push(line.length));
  const piece = Buffer.alloc(100, 'a');
  const before = process.cpuUsage();
  for (let i = 0; i < 100_000; i += 1) lines.push(piece);
  lines.push(Buffer.from('\n'));
  lines.end();
  t.same(found, [10_000_000]);
  t.ok(process.cpuUsage(before).user < 1_000_000, 'microseconds of this process');
});
