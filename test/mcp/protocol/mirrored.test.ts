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
  checkMirrored({ ...good, 'mcp-param-region': '=?base64?dXMtd2VzdDE=?=' }, mirrored, input);
  checkMirrored({ ...good, 'mcp-param-other': 'x' }, mirrored, input);
  checkMirrored({}, mirrored, { region: null, page: 'none' });
  checkMirrored({}, mirrored, {});
  checkMirrored({}, mirrored, null);
});

t.test('headers that say something else, or too little, or too much, are refused', async (t) => {
  const rows: [string, Record<string, string>, unknown][] = [
    ['another value', { ...good, 'mcp-param-region': 'eu' }, input],
    ['another number', { ...good, 'mcp-param-count': '43' }, input],
    ['a number in another notation', { ...good, 'mcp-param-count': '0x2a' }, input],
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
