import t from 'tap';
import {
  checkHeader,
  decodeHeaderValue,
  headerText,
} from '../../../src/mcp/protocol/header-value.ts';

const wrapped = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;

t.test('a header value is decoded as the specification encodes it', async (t) => {
  const rows: [string, string][] = [
    ['us-west1', 'us-west1'],
    ['=?base64?SGVsbG8sIOS4lueVjA==?=', 'Hello, 世界'],
    ['=?base64?IHBhZGRlZCA=?=', ' padded '],
    ['=?base64?bGluZTEKbGluZTI=?=', 'line1\nline2'],
    ['=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=', '=?base64?literal?='],
    ['=?base64??=', ''],
    // Literal: a mark is missing, or written otherwise.
    ['=?base64?SGVsbG8=', '=?base64?SGVsbG8='],
    ['SGVsbG8=?=', 'SGVsbG8=?='],
    ['=?BASE64?SGVsbG8=?=', '=?BASE64?SGVsbG8=?='],
    ['x=?base64?SGVsbG8=?=', 'x=?base64?SGVsbG8=?='],
    ['=?base64?SGVsbG8=?=x', '=?base64?SGVsbG8=?=x'],
    ['a\tb', 'a\tb'],
    ['', ''],
  ];
  for (const [value, text] of rows) t.equal(decodeHeaderValue(value), text, value);
});

t.test('every text can be encoded, wherever its bytes fall', async (t) => {
  for (const text of ['\ufeffa', '\ud7ff\ue000', '\u{10ffff}']) {
    t.equal(
      decodeHeaderValue(wrapped(text)),
      text,
      'a byte order mark is a character as any other',
    );
  }
  for (let code = 0; code < 0x800; code += 1) {
    for (const before of ['', 'a', 'aa']) {
      const text = before + String.fromCodePoint(code);
      if (decodeHeaderValue(wrapped(text)) !== text) t.fail(`${before.length} before ${code}`);
    }
  }
});

t.test(
  'a value with a broken encoding, or with what no header may hold, says nothing',
  async (t) => {
    const broken = [
      '=?base64?SGVsbG8?=',
      '=?base64?SGVs!!!bG8=?=',
      '=?base64?SGVsbG8=SGVsbG8=?=',
      '=?base64?/w==?=',
      'caf\u00e9',
      'a\u0001b',
    ];
    for (const value of broken) t.equal(decodeHeaderValue(value), undefined, JSON.stringify(value));
  },
);

t.test('a header is compared decoded, and must stand there once', async (t) => {
  checkHeader({ 'mcp-name': wrapped('über') }, 'mcp-name', 'über');
  const mismatch = { code: -32020, status: 400 };
  t.throws(() => checkHeader({}, 'mcp-name', 'a'), { ...mismatch, message: /mcp-name is missing/ });
  t.throws(() => checkHeader({ 'mcp-name': 'b' }, 'mcp-name', 'a'), mismatch);
  t.throws(() => checkHeader({ 'mcp-name': 'A' }, 'mcp-name', 'a'), mismatch, 'case counts');
  t.throws(() => checkHeader({ 'set-cookie': ['a', 'a'] }, 'set-cookie', 'a'), mismatch);
  const twice = headerText({ 'set-cookie': ['a', 'b'] }, 'set-cookie') ?? '';
  t.equal(decodeHeaderValue(twice), undefined, 'what stood twice is no value');
});
