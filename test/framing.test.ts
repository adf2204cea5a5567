import t from 'tap';
import { Refusal } from '../src/errors.ts';
import { checkFraming } from '../src/framing.ts';

/** The refusal's code, or `passes`. */
function judge(
  headers: readonly (readonly [string, string])[],
  { url = '/mcp', httpVersion = '1.1' } = {},
): string {
  const joined: Record<string, string> = {};
  for (const [name, value] of headers) joined[name.toLowerCase()] ??= value;
  try {
    checkFraming({ httpVersion, url, rawHeaders: headers.flat(), headers: joined });
    return 'passes';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    t.equal(error.detail.headers?.['connection'], 'close');
    return error.code;
  }
}

const host = ['Host', 'gw.example'] as const;

t.test('a plain request passes', async (t) => {
  t.equal(judge([host]), 'passes');
  t.equal(judge([host, ['Content-Length', '2']]), 'passes');
  t.equal(judge([host, ['Transfer-Encoding', 'Chunked']]), 'passes');
  t.equal(judge([], { httpVersion: '1.0' }), 'passes', 'a probe without Host');
  t.equal(judge([host], { url: '*' }), 'passes', 'OPTIONS *');
});

t.test('RFC 9112 §3.2: one Host', async (t) => {
  t.equal(judge([host, ['host', 'other.example']]), 'invalid_request');
  t.equal(judge([host, host]), 'invalid_request');
});

t.test('RFC 9112 §3.2.2: a target with a host of its own', async (t) => {
  t.equal(judge([host], { url: 'http://gw.example/mcp' }), 'passes');
  t.equal(judge([['Host', 'GW.example']], { url: 'http://gw.EXAMPLE/mcp' }), 'passes');
  for (const url of [
    'http://evil.example/mcp',
    'http://gw.example:81/',
    'http:///mcp',
    'mcp',
    '',
  ]) {
    t.equal(judge([host], { url }), 'invalid_request', url);
  }
});

t.test('RFC 9112 §6.1: transfer codings', async (t) => {
  for (const coding of ['gzip, chunked', 'identity', 'chunked, chunked', 'xchunked', '']) {
    t.equal(judge([host, ['Transfer-Encoding', coding]]), 'invalid_request', coding);
  }
  const chunked = [host, ['Transfer-Encoding', 'chunked']] as const;
  t.equal(judge(chunked, { httpVersion: '1.0' }), 'invalid_request');
});

t.test('versions that are none', async (t) => {
  for (const httpVersion of ['0.9', '2.0', '1.2']) {
    t.equal(judge([host], { httpVersion }), 'invalid_request', httpVersion);
  }
});

t.test('RFC 9110 §15.5.16: a content coding', async (t) => {
  t.equal(judge([host, ['Content-Encoding', 'Identity']]), 'passes');
  for (const coding of ['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', 'x', '']) {
    t.equal(judge([host, ['Content-Encoding', coding]]), 'unsupported_media_type', coding);
  }
});
