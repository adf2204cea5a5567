import fc from 'fast-check';
import { goodToken, hostileToken, type Mint } from './hostile-tokens.ts';
import { toBytes, type WireRequest } from './wire.ts';

/** One request that must be refused. */
export interface Hostile {
  readonly kind: string;
  /** One character a byte. */
  readonly text: string;
  /** True when it may be no request at all, so that nobody answers. */
  readonly mayBeSilent: boolean;
}

type Header = readonly [name: string, value: string];

/** The one input the tool takes. */
export const goodInput = '{"day":"2026-11-01"}';
const fits = (text: string): boolean =>
  /^\s*\{\s*"day"\s*:\s*"\d{4}-\d\d-\d\d"\s*\}\s*$/.test(text);

const base = (body: string): Header[] => [
  ['Host', 'gateway.example.com'],
  ['Connection', 'close'],
  ['Content-Type', 'application/json'],
  ['Content-Length', String(Buffer.byteLength(body, 'latin1'))],
];

const post = (target: string, body: string, headers: readonly Header[]): WireRequest => ({
  method: 'POST',
  target,
  headers: [...base(body), ...headers],
  body,
});

const rpc = (method: unknown, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
const goodRpc = rpc('tools/call', { name: 'look', arguments: JSON.parse(goodInput) });

/** A door with a request that only needs a good token. */
const door: fc.Arbitrary<(headers: readonly Header[]) => WireRequest> = fc.constantFrom(
  (headers) => post('/tools/look', goodInput, headers),
  (headers) => post('/mcp', goodRpc, headers),
  (headers) => ({ ...post('/auth/me', '', headers), method: 'GET' }),
);

/** As one character a byte, so that the length that is announced is the length that is sent. */
const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

const jsonBody: fc.Arbitrary<string> = fc
  .oneof(
    fc.json({ maxDepth: 4, stringUnit: 'binary' }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '',
      '{',
      '[[[[',
      '"',
      'null',
      '{"day":"2026-11-01"}{}',
      '{"day":"2026-11-01",}',
    ),
    fc
      .integer({ min: 101, max: 50_000 })
      .map((depth) => `{"day":${'['.repeat(depth)}${']'.repeat(depth)}}`),
    fc
      .constantFrom('__proto__', '\\u005f_proto__', 'constructor', 'prototype', 'toString')
      .map((name) => `{"day":"2026-11-01","${name}":{"prototype":{"admin":true}}}`),
    fc.jsonValue().map((day) => JSON.stringify({ day: { day } })),
  )
  .map(bytesOf)
  .filter((text) => !fits(text));

const name = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.constantFrom(
      '..',
      '../look',
      'look/..',
      'look\0',
      'Look',
      'look ',
      '__proto__',
      'constructor',
    ),
  )
  .filter((text) => text !== 'look');

const notCall = fc.oneof(
  fc
    .tuple(name, fc.jsonValue())
    .map(([tool, input]) => rpc('tools/call', { name: tool, arguments: input })),
  fc
    .jsonValue({ noUnicodeString: false })
    .map((input) => rpc('tools/call', { name: 'look', arguments: { day: { input } } })),
  fc.tuple(fc.string(), fc.jsonValue()).map(([method, params]) => rpc(`x${method}`, params)),
  fc.jsonValue().map((params) => rpc('tools/call', params)),
  fc.jsonValue().map((value) => JSON.stringify([value, JSON.parse(goodRpc)])),
  fc
    .tuple(fc.jsonValue(), fc.jsonValue())
    .map(([jsonrpc, id]) => JSON.stringify({ ...JSON.parse(goodRpc), jsonrpc: { jsonrpc }, id })),
);

/** Headers that spoil a request with a good token. */
const spoiling: fc.Arbitrary<readonly Header[]> = fc.oneof(
  fc.webUrl().map((url): Header[] => [['Origin', new URL(url).origin]]),
  fc.constantFrom<Header[]>(
    [['Origin', 'null']],
    [['Host', 'other.example']],
    [['Transfer-Encoding', 'chunked']],
    [['Transfer-Encoding', 'gzip, chunked']],
    [['Content-Length', '1']],
    [['Content-Encoding', 'gzip']],
    [['Authorization', 'Bearer x']],
    [['X-Long', 'x'.repeat(40_000)]],
  ),
  fc
    .constantFrom('\0', '\r', '\n', '\x01', '\x7f')
    .map((control): Header[] => [['X-A', `a${control}b`]]),
);

const scheme = fc.constantFrom(
  'Basic ',
  'Bearer',
  'Bearer:',
  'Token ',
  'DPoP ',
  'Negotiate ',
  '',
  'Bearer Bearer ',
);
const otherMethod = fc.constantFrom(
  'GET',
  'PUT',
  'PATCH',
  'DELETE',
  'TRACE',
  'PROPFIND',
  'CONNECT',
  'X',
);

const hostile =
  (kind: string, mayBeSilent = false) =>
  (request: WireRequest): Hostile => ({
    kind,
    text: toBytes(request).toString('latin1'),
    mayBeSilent,
  });

/** Without a credential that is believed. */
const unauthenticated = (mint: Mint): fc.Arbitrary<Hostile> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(door, hostileToken(mint))
        .map(([request, token]) => request([['Authorization', `Bearer ${token}`]]))
        .map(hostile('token')),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(door, scheme)
        .map(([request, prefix]) => request([['Authorization', prefix + goodToken(mint)]]))
        .map(hostile('scheme')),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(jsonBody, fc.constantFrom('/tools/look', '/mcp', '/auth0-log-webhook'))
        .map(([body, target]) => post(target, body, []))
        .map(hostile('no token')),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('?access_token=', '?a=b&access_token=')
        .map((query) => post(`/tools/look${query}${goodToken(mint)}`, goodInput, []))
        .map(hostile('token in the query')),
    },
  );

/** With the best of tokens, and not to be served all the same. */
function authenticated(mint: Mint): fc.Arbitrary<Hostile> {
  const token: Header[] = [['Authorization', `Bearer ${goodToken(mint)}`]];
  return fc.oneof(
    jsonBody.map((body) => post('/tools/look', body, token)).map(hostile('body')),
    notCall.map((body) => post('/mcp', bytesOf(body), token)).map(hostile('message')),
    name
      .map((tool) => post(`/tools/${encodeURIComponent(tool.toWellFormed())}`, goodInput, token))
      .map(hostile('name')),
    fc
      .tuple(door, spoiling)
      .map(([request, headers]) => request([...token, ...headers]))
      .map(hostile('header')),
    otherMethod
      .map((method) => ({ ...post('/tools/look', '', token), method }))
      .map(hostile('method', true)),
  );
}

/** A request without a token, a few of its bytes changed: any nonsense a socket can carry. */
const torn: fc.Arbitrary<Hostile> = fc
  .tuple(
    door,
    fc.array(fc.tuple(fc.nat(400), fc.nat(5), fc.uint8Array({ maxLength: 5 })), {
      minLength: 1,
      maxLength: 5,
    }),
  )
  .map(([request, changes]) => {
    const whole = toBytes(request([]));
    const bytes = changes.reduce(
      (all, [at, cut, put]) => Buffer.concat([all.subarray(0, at), put, all.subarray(at + cut)]),
      whole,
    );
    return { kind: 'torn', text: bytes.toString('latin1'), mayBeSilent: true };
  });

/** Any request that must be refused. */
export const hostileRequest = (mint: Mint): fc.Arbitrary<Hostile> =>
  fc.oneof(
    { arbitrary: unauthenticated(mint), weight: 5 },
    { arbitrary: authenticated(mint), weight: 4 },
    { arbitrary: torn, weight: 1 },
  );
