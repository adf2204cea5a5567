import t from 'tap';
import { parsed, type Sent } from '../send.ts';
import { setStage } from '../stage.ts';

const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;
const region = { type: 'string', 'x-mcp-header': 'Region' };
const catalog = {
  tools: [
    { name: 'look', scopes: ['events:read'] },
    { name: 'query', inputSchema: { type: 'object', properties: { region } } },
  ],
  more: {
    prompts: [
      { name: 'plan', messages: [{ role: 'user', content: { type: 'text', text: 'Plan.' } }] },
    ],
  },
  env: { RATE_LIMIT_PER_MINUTE: '0' },
};
const mismatch = { error: { code: -32020 } };

type Headers = NonNullable<Sent['headers']>;

/** What does not say `look` to everybody who reads it. */
const lies: readonly (string | string[])[] = [
  [],
  '',
  'other',
  'Look',
  'look,',
  'look, look',
  ['look', 'look'],
  ['look', 'other'],
  ['other', 'look'],
  '"look"',
  'look;q=1',
  'l\u00f6ok',
  'look\u00a0',
  '\u00fflook',
  'look\tlook',
  'x'.repeat(16_000),
  '__proto__',
  base64('other'),
  base64('look').replace('base64', 'BASE64'),
  base64('look').replace('base64', 'utf-8'),
  base64('look').replace('=?=', '?='),
  base64('look').replace('bG9vaw', 'bG9va-'),
  base64('look').replace('==?=', '=?='),
  ` ${base64('look')}x`,
  '=?base64??=',
  '=?base64?bG9v aw==?=',
  base64(base64('look')),
  `=?base64?${Buffer.from([0xff, 0xfe]).toString('base64')}?=`,
  base64('\ufefflook'),
  base64('look\u0000'),
  base64('look\r\nMcp-Name: other'),
];

t.test('a header that denies the body is refused, however it is written', async (t) => {
  const { modern, backend } = await setStage(t, catalog);
  for (const lie of lies) {
    const said = JSON.stringify(lie).slice(0, 60);
    const got = await modern('tools/call', { name: 'look' }, { headers: { 'mcp-name': lie } });
    t.equal(got.status, 400, `mcp-name ${said}`);
    t.match(parsed(got), mismatch);
  }
  for (const lie of ['tools/list', 'TOOLS/CALL', ['tools/call', 'tools/list'], '', [], 'x\u00ff']) {
    const headers: Headers = { 'mcp-method': lie };
    const got = await modern('tools/call', { name: 'look' }, { headers });
    t.match(parsed(got), mismatch, `mcp-method ${JSON.stringify(lie)}`);
  }
  for (const lie of ['2025-11-25', '2026-07-29', ['2026-07-28', '2026-07-28'], '', [], '\u00ff']) {
    const headers: Headers = { 'mcp-protocol-version': lie };
    const got = await modern('tools/call', { name: 'look' }, { headers });
    t.equal(got.status, 400, `version ${JSON.stringify(lie)}`);
    t.match(parsed(got), { error: { code: /^-3202[02]$/ } });
  }
  t.same(backend.received, []);
  for (const truth of ['look', base64('look'), ' look ']) {
    const got = await modern('tools/call', { name: 'look' }, { headers: { 'Mcp-NAME': truth } });
    t.equal(got.status, 200, truth);
  }
});

t.test('a name that is no text does not slip by its header', async (t) => {
  const { modern, mcp } = await setStage(t, catalog);
  for (const name of [['plan'], [['plan']], { toString: 'plan' }]) {
    for (const headers of [{ 'mcp-name': 'other' }, { 'mcp-name': 'plan' }, {}]) {
      const got = await modern('prompts/get', { name }, { headers });
      t.match(parsed(got), { error: { code: -32602 } }, JSON.stringify([name, headers]));
    }
    t.match(parsed(await mcp('prompts/get', { name })), { error: { code: -32602 } });
  }
});

t.test('nobody escapes the comparison by speaking as a client of before', async (t) => {
  const { mcp, backend } = await setStage(t, catalog);
  const versions: Headers[] = [
    {},
    { 'mcp-protocol-version': '2025-11-25' },
    { 'mcp-protocol-version': '2024-11-05' },
  ];
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2025-11-25' };
  const denying: Headers[] = [
    { 'mcp-method': 'tools/list' },
    { 'mcp-method': ['tools/call', 'tools/call'] },
    { 'mcp-name': 'other' },
    { 'mcp-method': 'tools/call', 'mcp-name': 'other' },
  ];
  for (const version of versions) {
    for (const headers of denying) {
      for (const _meta of [{}, meta]) {
        const got = await mcp(
          'tools/call',
          { name: 'look', _meta },
          { headers: { ...version, ...headers } },
        );
        t.match(parsed(got), mismatch, JSON.stringify([version, headers]));
      }
    }
  }
  const params = { name: 'query', arguments: { region: 'eu' } };
  const got = await mcp('tools/call', params, { headers: { 'mcp-param-region': 'us' } });
  t.match(parsed(got), mismatch);
  t.same(backend.received, []);
  const truth = { 'mcp-method': 'tools/call', 'mcp-name': 'query', 'mcp-param-region': 'eu' };
  t.equal((await mcp('tools/call', params, { headers: truth })).status, 200);
  t.equal((await mcp('initialize', {}, { headers: { 'mcp-method': 'initialize' } })).status, 200);
});

t.test('an argument in a header is one header, and says what the body says', async (t) => {
  const { modern, backend } = await setStage(t, catalog);
  const call = (value: unknown, headers: Headers) =>
    modern('tools/call', { name: 'query', arguments: { region: value } }, { headers });
  const refused: [unknown, Headers][] = [
    ['eu, us', { 'mcp-param-region': ['eu', 'us'] }],
    ['eu, eu', { 'mcp-param-region': ['eu', 'eu'] }],
    ['eu', { 'mcp-param-region': ['eu', 'eu'] }],
    ['eu', { 'mcp-param-region': 'us' }],
    ['eu', {}],
    ['', {}],
    ['eu', { 'mcp-param-constructor': 'eu' }],
    [undefined, { 'mcp-param-region': 'undefined' }],
    [null, { 'mcp-param-region': 'null' }],
    [['eu'], { 'mcp-param-region': 'eu' }],
    [{ toString: 'eu' }, { 'mcp-param-region': 'eu' }],
    ['\u00fc', { 'mcp-param-region': '\u00fc' }],
    ['eu ', { 'mcp-param-region': 'eu ' }],
    [base64('eu'), { 'mcp-param-region': base64('eu') }],
  ];
  for (const [value, headers] of refused) {
    const got = await call(value, headers);
    t.match(parsed(got), mismatch, JSON.stringify([value, headers]));
  }
  t.same(backend.received, []);
  const served: [unknown, Headers][] = [
    ['eu', { 'mcp-param-region': 'eu', 'mcp-param-undeclared': ['a', 'b'], 'mcp-param-': 'x' }],
    ['eu, us', { 'mcp-param-region': 'eu, us' }],
    [undefined, { 'mcp-param-constructor': 'x', 'mcp-param-__proto__': 'x' }],
    [base64('eu'), { 'mcp-param-region': base64(base64('eu')) }],
    ['\u00fc', { 'mcp-param-region': base64('\u00fc') }],
  ];
  for (const [value, headers] of served) {
    t.equal((await call(value, headers)).status, 200, JSON.stringify([value, headers]));
  }
  const args = backend.received.map(({ body }) => JSON.parse(body));
  t.same(
    args,
    served.map(([region]) => (region === undefined ? {} : { region })),
  );
  const rebuilt = backend.received.flatMap(({ rawHeaders }) => rawHeaders);
  t.notOk(
    rebuilt.some((text) => /^mcp-/i.test(text)),
    'none of them reaches the backend',
  );
});
