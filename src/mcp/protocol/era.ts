import { checkHeader, type Headers, headerMismatch, headerText } from './header-value.ts';
import { codes, isObject, type Params, ProtocolError } from './message.ts';
import { type Era, isLegacy, isModern, unsupportedVersion } from './versions.ts';

/** What a request says of its client. */
export interface Speaker {
  readonly era: Era;
  /** What the client can be asked for; nothing in the legacy era, which says it only once. */
  readonly capabilities: Params;
}

const prefix = 'io.modelcontextprotocol/';
const versionKey = `${prefix}protocolVersion`;
const capabilitiesKey = `${prefix}clientCapabilities`;

/** Where the name stands that `Mcp-Name` repeats. */
const named: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
]);

const malformed = (what: string): ProtocolError =>
  new ProtocolError(codes.invalidParams, what, { status: 400 });

interface Request {
  readonly method: string;
  readonly params: Params;
}

const asItIs = (value: string): string => value;

/** What of a request stands in headers too. */
function checkRepeated(headers: Headers, { method, params }: Request, required: boolean): void {
  const stands = (header: string): boolean => required || headers[header] !== undefined;
  if (stands('mcp-method')) checkHeader(headers, 'mcp-method', method, asItIs);
  const name = params[named.get(method) ?? ''];
  if (typeof name === 'string' && stands('mcp-name')) checkHeader(headers, 'mcp-name', name);
}

/** MCP 2026-07-28: version, capabilities and headers of one request, in the order it wants. */
function readModern(headers: Headers, meta: Params, request: Request): Speaker {
  const version = meta[versionKey];
  if (typeof version !== 'string') throw malformed(`_meta needs ${versionKey}`);
  checkHeader(headers, 'mcp-protocol-version', version, asItIs);
  if (!isModern(version)) throw unsupportedVersion(version);
  const capabilities = meta[capabilitiesKey];
  if (!isObject(capabilities)) throw malformed(`_meta needs ${capabilitiesKey}`);
  checkRepeated(headers, request, true);
  return { era: 'modern', capabilities };
}

/** The legacy era repeats nothing in headers; who does, to mislead a proxy, must not lie either. */
function readLegacy(headers: Headers, request: Request): Speaker {
  checkRepeated(headers, request, false);
  return { era: 'legacy', capabilities: {} };
}

/**
 * Tells by the request itself which era it speaks: one that says its version and capabilities in
 * `_meta`, or a modern version in its header, is modern, every other is legacy.
 * @throws {ProtocolError} -32020 header mismatch, -32022 unsupported version, -32602 `_meta`
 * lacks something; all HTTP 400.
 */
export function readSpeaker(headers: Headers, request: Request): Speaker {
  const said = headerText(headers, 'mcp-protocol-version');
  const { _meta } = request.params;
  const meta = isObject(_meta) ? _meta : {};
  const version = meta[versionKey];
  if (isLegacy(version)) {
    // Earlier revisions know no version in _meta: harmless while it says what the header says.
    if (said === undefined || said === version) return readLegacy(headers, request);
    throw headerMismatch('mcp-protocol-version does not match the body');
  }
  // Its version is about to be negotiated, whatever the header says until then.
  const negotiates = request.method === 'initialize';
  const tells = version !== undefined || capabilitiesKey in meta;
  if (tells || (isModern(said) && !negotiates)) return readModern(headers, meta, request);
  if (said !== undefined && !negotiates && !isLegacy(said)) throw unsupportedVersion(said);
  return readLegacy(headers, request);
}
