import fc from 'fast-check';
import type { Sent } from '../send.ts';

/** One message of a client to /mcp that must be refused, or answered without any backend. */
export interface HostileMessage {
  readonly kind: string;
  readonly body: string;
  readonly headers: NonNullable<Sent['headers']>;
}

const version = '2026-07-28';
const prefix = 'io.modelcontextprotocol/';
const modernMeta = { [`${prefix}protocolVersion`]: version, [`${prefix}clientCapabilities`]: {} };

type Json = Record<string, unknown>;

/** A good request; what it calls is served where nothing is spoiled. */
interface Good {
  readonly method: string;
  readonly params: Json;
}

const calls: readonly Good[] = [
  { method: 'tools/call', params: { name: 'look', arguments: { day: '2026-11-01' } } },
  { method: 'resources/read', params: { uri: 'days://monday' } },
  { method: 'prompts/get', params: { name: 'ask', arguments: { day: 'monday' } } },
];

/** Served by the gateway alone, however they are meant. */
const own: readonly Good[] = [
  { method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } },
  { method: 'server/discover', params: {} },
  { method: 'ping', params: {} },
  { method: 'tools/list', params: {} },
  { method: 'resources/list', params: {} },
  { method: 'resources/templates/list', params: {} },
  { method: 'prompts/list', params: {} },
  {
    method: 'completion/complete',
    params: { ref: { type: 'ref/prompt', name: 'ask' }, argument: { name: 'day', value: 'm' } },
  },
];

/** As a header can carry it (MCP 2026-07-28, value encoding). */
const encoded = (text: string): string =>
  /^[!-~]*$/.test(text) ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;

const headersOf = ({ method, params }: Good): Record<string, string> => {
  const named = params['name'] ?? params['uri'];
  return {
    'mcp-protocol-version': version,
    'mcp-method': encoded(method),
    ...(typeof named === 'string' && method !== 'completion/complete' ? { 'mcp-name': named } : {}),
  };
};

const modern = ({ method, params }: Good): Json => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  params: { ...params, _meta: modernMeta },
});
const legacy = ({ method, params }: Good): Json => ({ jsonrpc: '2.0', id: 1, method, params });

const oddName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'prompts/ask', 'look\0', 'days://', ''),
);
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  oddName,
  fc.constantFrom<unknown>({ toString: null, valueOf: null }, [[]], -0, 1e308, 'x'.repeat(5000)),
);

/** Every place of a value: paths of keys. */
function placesIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  const below = Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]));
  return [[...path], ...below];
}

/** A copy with another value at a place. */
function withAt(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy: Json = { ...Object(value) };
  copy[key] = withAt(copy[key], rest, by);
  return copy;
}

const bytes = (text: string): string => text.toWellFormed();
const shaped = (kind: string, headers: HostileMessage['headers'], message: unknown) => ({
  kind,
  headers,
  body: bytes(JSON.stringify(message) ?? 'undefined'),
});

/** Own methods with anything anywhere: never forwarded. */
const mutated = fc
  .tuple(fc.constantFrom(...own), fc.boolean(), fc.nat(), odd)
  .map(([good, isModern, place, by]) => {
    const message = isModern ? modern(good) : legacy(good);
    const places = placesIn(message).filter(([first]) => first !== undefined && first !== 'method');
    const headers = isModern ? headersOf(good) : {};
    return shaped('mutated', headers, withAt(message, places[place % places.length] ?? [], by));
  });

/** Calls whose name, arguments or frame are spoiled. */
const spoiled = fc
  .tuple(fc.constantFrom(...calls), fc.boolean(), odd, fc.nat(4))
  .map(([good, isModern, by, how]) => {
    const nameless = { ...good.params, name: [by], uri: [by] };
    const wrongArguments = { ...good.params, uri: 'days://', arguments: { day: { by } } };
    const ways: readonly [Good, Json][] = [
      [{ ...good, params: nameless }, {}],
      [{ ...good, params: wrongArguments }, {}],
      [{ ...good, method: `x${JSON.stringify(by)}` }, {}],
      [good, { jsonrpc: [by] }],
      [good, { id: { by } }],
    ];
    const [request, frame] = ways[how] ?? [good, { id: [] }];
    const message = { ...(isModern ? modern(request) : legacy(request)), ...frame };
    return shaped('spoiled', isModern ? headersOf(request) : {}, message);
  });

const headerText = fc.oneof(
  fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
  }),
  fc.string().map((text) => `=?base64?${Buffer.from(text).toString('base64')}?=`),
  fc.constantFrom('=?base64?bG9vaw=?=', '=?base64??=', '=?BASE64?bG9vaw==?=', 'x'.repeat(9000)),
);

/** Headers that deny the body of a good call. */
const denied = fc
  .tuple(
    fc.constantFrom(...calls),
    fc.constantFrom('mcp-method', 'mcp-name', 'mcp-protocol-version'),
    headerText.filter(
      (text) => !['look', 'ask', 'days://monday', version, '2025-11-25'].includes(text.trim()),
    ),
    fc.boolean(),
  )
  .map(([good, name, text, twice]) => {
    const headers = headersOf(good);
    const said = twice ? [headers[name] ?? '', text] : text;
    return shaped('denied', { ...headers, [name]: said }, modern(good));
  });

/** `_meta` that is no modern one, and is not a legacy one either. */
const meta = fc
  .tuple(fc.constantFrom(...calls), fc.constantFrom(...Object.keys(modernMeta)), odd)
  .filter(([, key, by]) => key.endsWith('Version') || Array.isArray(by) || typeof by !== 'object')
  .map(([good, key, by]) =>
    shaped('meta', headersOf(good), {
      ...modern(good),
      params: { ...good.params, _meta: { ...modernMeta, [key]: by } },
    }),
  );

const noMessage = fc
  .oneof(
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('{}', '[]', '{"jsonrpc":"2.0"}', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]'),
    fc.constantFrom(...calls).map((good) => JSON.stringify([legacy(good)])),
    fc.constantFrom(...calls).map((good) => `${JSON.stringify(legacy(good))}x`),
    fc.constantFrom(...calls).map((good) => JSON.stringify({ ...legacy(good), id: undefined })),
    fc.integer({ min: 101, max: 20_000 }).map((n) => `{"params":${'['.repeat(n)}${']'.repeat(n)}}`),
  )
  .map((text) => ({ kind: 'no message', headers: {}, body: bytes(text) }));

/** Any message of either era that no backend may hear of. */
export const hostileMessage: fc.Arbitrary<HostileMessage> = fc.oneof(
  { arbitrary: mutated, weight: 4 },
  { arbitrary: spoiled, weight: 4 },
  { arbitrary: denied, weight: 3 },
  { arbitrary: meta, weight: 2 },
  { arbitrary: noMessage, weight: 2 },
);
