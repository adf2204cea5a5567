import t from 'tap';
import { parseDelivery } from '../../src/clients/parse.ts';
import { registration, wrapped } from './records.ts';

const one = registration({ logId: '1' });
const two = registration({ logId: '2' });
/** The records of a body, and how many parts of it are none. */
function read(body: string) {
  const parts = [...parseDelivery(body)];
  const records = parts.filter((part) => part !== undefined);
  return { records, broken: parts.length - records.length };
}

const line = (value: unknown) => JSON.stringify(value);

const awkward = { log_id: 'a],"b', a: '\\', b: '\\"', c: ['}', { d: '[{,' }] };

const cases: [name: string, body: string, ids: unknown[], broken: number][] = [
  ['JSON lines', `${line(wrapped(one))}\n${line(wrapped(two))}\n`, ['1', '2'], 0],
  [
    'JSON lines ended by CR LF',
    `${line(wrapped(one))}\r\n${line(wrapped(two))}\r\n`,
    ['1', '2'],
    0,
  ],
  ['one JSON line', line(wrapped(one)), ['1'], 0],
  ['a JSON array', line([wrapped(one), wrapped(two)]), ['1', '2'], 0],
  ['an empty array', '[]', [], 0],
  ['a JSON object', line(wrapped(one)), ['1'], 0],
  ['an object over several lines', JSON.stringify(wrapped(one), null, 2), ['1'], 0],
  ['bare records with log_id', line([one, two]), ['1', '2'], 0],
  ['a bare record with _id', line({ _id: '7', type: 'sapi' }), ['7'], 0],
  ['the outer id wins', line({ log_id: '9', data: one }), ['9'], 0],
  ['a wrapped record that has the id inside only', line({ data: one }), ['1'], 0],
  ['a record without any id', line({ type: 'sapi' }), [undefined], 0],
  ['a bare record whose data is no object', line({ log_id: '3', data: 'x' }), ['3'], 0],
  ['a byte order mark', `\uFEFF${line(wrapped(one))}`, ['1'], 0],
  ['blank lines', `\n\n${line(one)}\n   \n${line(two)}\n\n`, ['1', '2'], 0],
  ['a line separator inside a string', line({ log_id: '4', a: 'x\u2028y' }), ['4'], 0],
  ['a broken line beside good ones', `${line(one)}\n{"log_id":\n${line(two)}`, ['1', '2'], 1],
  ['a cut last line', `${line(one)}\n${line(two).slice(0, 40)}`, ['1'], 1],
  ['elements that are no records', line([one, null, 3, 'x', [two], true]), ['1'], 5],
  ['a line that is an array', `${line([one])}\n${line([two, 1])}`, ['1', '2'], 1],
  ['an array over several lines', JSON.stringify([wrapped(one), two], null, 2), ['1', '2'], 0],
  ['an array with blanks everywhere', ` [ ${line(one)} ,\t${line(two)}\r\n] `, ['1', '2'], 0],
  ['an empty array with a blank', '[ ]', [], 0],
  ['an array that is cut', `${line([one, two]).slice(0, -1)},{"log_`, ['1', '2'], 1],
  ['an array with a broken element', `[${line(one)},{"log_id":},${line(two)}]`, ['1', '2'], 1],
  ['an array with an empty place', `[${line(one)},,${line(two)}]`, ['1', '2'], 1],
  ['lines after an array', `${line([one])}\n\n${line(two)}\n`, ['1', '2'], 0],
  ['rubbish after an array', `${line([one])} rubbish\n${line(two)}`, ['1', '2'], 1],
  ['a line that only looks like an array', `[broken\n${line(one)}\n${line(two)}`, ['1', '2'], 1],
  ['a lone end of an array', `]\n${line(one)}`, ['1'], 1],
  ['lines ended by CR alone', `${line(one)}\r${line(two)}\r`, ['1', '2'], 0],
  ['brackets, commas and quotes inside strings', line([awkward, two]), ['a],"b', '2'], 0],
  ['nothing', '', [], 0],
  ['white space', ' \n ', [], 0],
  ['no JSON at all', 'log_id=1&type=sapi', [], 1],
  ['a number', '42', [], 1],
  ['null', 'null', [], 1],
];

for (const [name, body, ids, broken] of cases) {
  t.test(name, async (t) => {
    const delivery = read(body);
    t.strictSame(
      delivery.records.map((record) => record['log_id']),
      ids,
    );
    t.equal(delivery.broken, broken);
  });
}

t.test('the inner record comes whole out of its wrapping', async (t) => {
  t.strictSame(read(line(wrapped(one))).records, [one]);
});

t.test('a hostile body can neither pollute a prototype nor end the process', async (t) => {
  read('{"__proto__":{"type":"sapi"},"data":{"__proto__":{"polluted":true}}}');
  t.notOk('polluted' in {});
  t.equal(read('['.repeat(200_000)).broken, 1);
  t.equal(read('["'.repeat(200_000)).broken, 1);
  t.equal(read(`[${'"\\'.repeat(200_000)}`).broken, 1);
  t.equal(read('{'.repeat(200_000)).broken, 1);
  t.equal(read(']'.repeat(200_000)).broken, 1);
});
