import t from 'tap';
import { readSpeaker } from '../../../src/mcp/protocol/era.ts';

const version = 'io.modelcontextprotocol/protocolVersion';
const capabilities = 'io.modelcontextprotocol/clientCapabilities';
const meta = { [version]: '2026-07-28', [capabilities]: { roots: {} } };
const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };
const list = (_meta?: unknown) => ({ method: 'tools/list', params: _meta ? { _meta } : {} });

t.test('a request that says all of itself is of the modern era', async (t) => {
  t.same(readSpeaker(headers, list(meta)), { era: 'modern', capabilities: { roots: {} } });
  const call = { method: 'tools/call', params: { name: 'über', _meta: meta } };
  const named = { ...headers, 'mcp-method': 'tools/call', 'mcp-name': '=?base64?w7xiZXI=?=' };
  t.equal(readSpeaker(named, call).era, 'modern');
  const read = { method: 'resources/read', params: { uri: 'ui://a', _meta: meta } };
  const uri = { ...headers, 'mcp-method': 'resources/read', 'mcp-name': 'ui://a' };
  t.equal(readSpeaker(uri, read).era, 'modern');
  const nameless = { method: 'tools/call', params: { _meta: meta } };
  t.equal(readSpeaker({ ...headers, 'mcp-method': 'tools/call' }, nameless).era, 'modern');
});

t.test('every other request is of the legacy era', async (t) => {
  const legacy = { era: 'legacy', capabilities: {} };
  t.same(readSpeaker({}, list()), legacy);
  t.same(readSpeaker({}, list({ progressToken: 1 })), legacy);
  t.same(readSpeaker({}, list('nothing')), legacy);
  t.same(readSpeaker({ 'mcp-protocol-version': '2025-06-18' }, list()), legacy);
  t.same(readSpeaker({}, list({ [version]: '2025-11-25' })), legacy);
  const both = { 'mcp-protocol-version': '2025-11-25' };
  t.same(readSpeaker(both, list({ [version]: '2025-11-25' })), legacy);
  const future = { 'mcp-protocol-version': '2099-01-01' };
  const initialize = { method: 'initialize', params: {} };
  t.same(readSpeaker(future, initialize), legacy, 'it negotiates');
  t.same(readSpeaker({ ...headers, 'mcp-method': 'initialize' }, initialize), legacy);
  const lie = { code: -32020, status: 400 };
  t.throws(
    () => readSpeaker(headers, initialize),
    lie,
    'what it repeats must be true all the same',
  );
  const call = { method: 'tools/call', params: { name: 'a' } };
  t.same(readSpeaker({ 'mcp-name': 'a' }, call), legacy);
  t.throws(() => readSpeaker({ 'mcp-name': 'b' }, call), lie, 'its name too');
});

t.test('a modern request that is not whole is refused with its own code', async (t) => {
  const { 'mcp-method': _, ...methodless } = headers;
  const call = { method: 'tools/call', params: { name: 'a', _meta: meta } };
  const prompt = { method: 'prompts/get', params: { name: 'a', _meta: meta } };
  const read = { method: 'resources/read', params: { uri: 'ui://a', _meta: meta } };
  const old = { ...headers, 'mcp-protocol-version': '2025-11-25' };
  const encoded = '=?base64?MjAyNi0wNy0yOA==?=';
  const rows: [string, Record<string, string>, Parameters<typeof readSpeaker>[1], number][] = [
    ['no _meta', headers, list(), -32602],
    ['no version', headers, list({ [capabilities]: {} }), -32602],
    ['a version that is no text', headers, list({ ...meta, [version]: 1 }), -32602],
    ['no capabilities', headers, list({ [version]: '2026-07-28' }), -32602],
    ['capabilities that are none', headers, list({ ...meta, [capabilities]: [] }), -32602],
    ['no version header', { 'mcp-method': 'tools/list' }, list(meta), -32020],
    ['another version header', old, list(meta), -32020],
    ['no method header', methodless, list(meta), -32020],
    ['another method header', { ...headers, 'mcp-method': 'TOOLS/LIST' }, list(meta), -32020],
    [
      'an encoded method',
      { ...headers, 'mcp-method': '=?base64?dG9vbHMvbGlzdA==?=' },
      list(meta),
      -32020,
    ],
    ['an encoded version', { ...headers, 'mcp-protocol-version': encoded }, list(meta), -32020],
    ['no version header, only a version', {}, list({ [version]: '2026-07-28' }), -32020],
    ['no version header, only capabilities', {}, list({ [capabilities]: {} }), -32602],
    ['no name header', { ...headers, 'mcp-method': 'tools/call' }, call, -32020],
    ['no name header of a prompt', { ...headers, 'mcp-method': 'prompts/get' }, prompt, -32020],
    ['no name header of a resource', { ...headers, 'mcp-method': 'resources/read' }, read, -32020],
    ['a legacy version that the header denies', headers, list({ [version]: '2025-11-25' }), -32020],
    ['a version of nobody', headers, list({ ...meta, [version]: 'v999' }), -32020],
  ];
  for (const [name, sent, request, code] of rows) {
    t.throws(() => readSpeaker(sent, request), { code, status: 400 }, name);
  }
});

t.test('a version that is not spoken here is answered with those that are', async (t) => {
  const unknown = { ...headers, 'mcp-protocol-version': 'v999' };
  const data = {
    supported: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'],
  };
  const refused = { code: -32022, status: 400, data: { ...data, requested: 'v999' } };
  t.throws(() => readSpeaker(unknown, list({ ...meta, [version]: 'v999' })), refused);
  t.throws(() => readSpeaker(unknown, list()), refused);
});
