import t from 'tap';
import { readTraceparent } from '../src/trace.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';

t.test('a traceparent is taken as W3C has it, or not at all', async (t) => {
  for (const good of [
    `00-${trace}-${span}-01`,
    `00-${trace}-${span}-00`,
    `cc-${trace}-${span}-01`,
  ]) {
    t.equal(readTraceparent(good), good);
  }
  const bad = [
    undefined,
    '',
    'x',
    `ff-${trace}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${trace}-${span}-01-more`,
    `00-${trace}-${span}-01\n`,
    [`00-${trace}-${span}-01`, `00-${trace}-${span}-01`],
  ];
  for (const text of bad) t.equal(readTraceparent(text), undefined, JSON.stringify(text));
});
