import t from 'tap';
import { checkMirrored } from '../../../src/mcp/protocol/mirrored.ts';
import type { Mirrored } from '../../../src/tools/mirrored.ts';

const mirrored: Mirrored[] = [
  { header: 'mcp-param-region', path: ['region'], type: 'string' },
  { header: 'mcp-param-count', path: ['page', 'count'], type: 'integer' },
  { header: 'mcp-param-dry', path: ['dry'], type: 'boolean' },
];

const good = {
  'mcp-param-region': 'us-west1',
  'mcp-param-count': '42',
  'mcp-param-dry': 'false',
};
const input = { region: 'us-west1', page: { count: 42 }, dry: false };

t.test('headers that repeat the arguments pass', async () => {
  checkMirrored(good, mirrored, input);
  checkMirrored({ ...good, 'mcp-param-count': '42.0' }, mirrored, input);
  for (const [said, count] of [
    ['042.00', 42],
    ['0', 0],
    ['-0', 0],
    ['0.0', -0],
    ['-7', -7],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991.0', Number.MIN_SAFE_INTEGER],
  ] as const) {
    const headers = { ...good, 'mcp-param-count': said };
    checkMirrored(headers, mirrored, { ...input, page: { count } });
  }
  // A fraction is refused by inputSchema, in words for the model.
  const half = { ...input, page: { count: 1.5 } };
  checkMirrored({ ...good, 'mcp-param-count': '1.5' }, mirrored, half);
  checkMirrored({ ...good, 'mcp-param-region': '=?base64?dXMtd2VzdDE=?=' }, mirrored, input);
  checkMirrored({ ...good, 'mcp-param-other': 'x' }, mirrored, input);
  checkMirrored({}, mirrored, { region: null, page: 'none' });
  checkMirrored({}, mirrored, {});
  checkMirrored({}, mirrored, null);
});

t.test('integers that a number does not hold exactly never match', async (t) => {
  for (const [said, count] of [
    // What JSON.parse makes of 9007199254740993 in a body.
    ['9007199254740993', 2 ** 53],
    ['9007199254740992', 2 ** 53],
    ['-9007199254740992', -(2 ** 53)],
    ['1000000000000000000000', 1e21],
    ['1e+21', 1e21],
    ['9007199254740990.9999999999', 9007199254740991],
    ['42.00000000000000000001', 42],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ] as const) {
    const headers = { ...good, 'mcp-param-count': said };
    const body = { ...input, page: { count } };
    t.throws(() => checkMirrored(headers, mirrored, body), { code: -32020 }, said);
  }
});

t.test('a client of before need not repeat anything, but must not deny it', async (t) => {
  checkMirrored({}, mirrored, input, false);
  checkMirrored({ 'mcp-param-dry': 'false' }, mirrored, input, false);
  const lie = { 'mcp-param-dry': 'true' };
  t.throws(() => checkMirrored(lie, mirrored, input, false), { code: -32020 }, 'the last of them');
  t.throws(() => checkMirrored(lie, mirrored, {}, false), { code: -32020 }, 'nothing to repeat');
});

t.test('headers that say something else, or too little, or too much, are refused', async (t) => {
  const rows: [string, Record<string, string>, unknown][] = [
    ['another value', { ...good, 'mcp-param-region': 'eu' }, input],
    ['another number', { ...good, 'mcp-param-count': '43' }, input],
    ['a number in another notation', { ...good, 'mcp-param-count': '0x2a' }, input],
    ['no number', { ...good, 'mcp-param-count': '' }, input],
    ['no number for none', { ...good, 'mcp-param-count': '' }, { ...input, page: { count: 0 } }],
    ['a sign alone', { ...good, 'mcp-param-count': '-' }, { ...input, page: { count: 0 } }],
    ['a number with more around it', { ...good, 'mcp-param-count': ' 42' }, input],
    ['a number and a point', { ...good, 'mcp-param-count': '42.' }, input],
    ['another case', { ...good, 'mcp-param-dry': 'False' }, input],
    ['broken base64', { ...good, 'mcp-param-region': '=?base64?dXM?=' }, input],
    ['a header is missing', { 'mcp-param-count': '42', 'mcp-param-dry': 'false' }, input],
    ['the argument is missing', good, { page: { count: 42 }, dry: false }],
    ['the argument is null', good, { ...input, region: null }],
    ['the argument is inherited only', { 'mcp-param-region': 'x' }, Object.create({ region: 'x' })],
  ];
  for (const [name, headers, body] of rows) {
    t.throws(() => checkMirrored(headers, mirrored, body), { code: -32020, status: 400 }, name);
  }
});
