import type { Test } from 'tap';
import type { Parts } from '../src/app.ts';
import { loadCatalog } from '../src/tools/catalog.ts';
import { type Env, type Gateway, startGateway } from './gateway.ts';
import { audience, type Issuer, startIssuer } from './issuer.ts';
import { type AnswerWith, type Recorder, startRecorder } from './recorder.ts';
import { bearer, type Got, type Sent, send } from './send.ts';

export const hmacSecret = 'hmac-secret-of-the-tests-0123456789';

/** The gateway's public origin on every stage; settings may say otherwise. */
const origin = 'https://gateway.example.com';

const version = '2026-07-28';

/** The headers of a request of 2026-07-28. */
function modernHeaders(method: string, { name, uri }: Record<string, unknown>) {
  const said = name ?? uri;
  return {
    'mcp-protocol-version': version,
    'mcp-method': method,
    ...(typeof said === 'string' ? { 'mcp-name': said } : {}),
  };
}

/** The parameters of a request of 2026-07-28; what they say of `_meta` wins. */
const asModern = ({ _meta, ...params }: Readonly<Record<string, unknown>>) => ({
  ...params,
  _meta: {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientCapabilities': {},
    ...Object(_meta),
  },
});

/** Entries of the catalog as they stand in TOOLS_FILE. */
export type Entry = Readonly<Record<string, unknown>> & { readonly name: string };

export interface StageOptions {
  readonly tools?: readonly Entry[];
  /** What else stands in TOOLS_FILE. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Texts beside TOOLS_FILE, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Env;
  readonly parts?: Partial<Parts>;
  readonly answer?: AnswerWith;
  /** What becomes of the issuer before the gateway starts. */
  readonly prepare?: (issuer: Issuer) => unknown;
}

export interface Stage {
  readonly issuer: Issuer;
  readonly backend: Recorder;
  readonly gateway: Gateway;
  /** One request to the gateway. */
  send(path: string, sent?: Sent): Promise<Got>;
  /** A REST call with a good token, unless the headers say otherwise. */
  call(tool: string, body?: unknown, sent?: Sent): Promise<Got>;
  /** One JSON-RPC request to /mcp with a good token, unless the headers say otherwise. */
  mcp(method: string, params?: unknown, sent?: Sent): Promise<Got>;
  /** The same as a client of 2026-07-28 sends it. */
  modern(method: string, params?: Readonly<Record<string, unknown>>, sent?: Sent): Promise<Got>;
}

const usualTools: readonly Entry[] = [
  { name: 'listEvents', scopes: ['events:read'], annotations: { readOnlyHint: true } },
  { name: 'addEvent', scopes: ['events:write'] },
];

/** Issuer, recording backend and gateway on loopback; gone with the test. */
export async function setStage(t: Test, options: StageOptions = {}): Promise<Stage> {
  const { tools = usualTools, more = {}, files = {}, env = {}, parts = {} } = options;
  const { answer, prepare } = options;
  const issuer = await startIssuer(t);
  prepare?.(issuer);
  const backend = await startRecorder(t, answer);
  const TOOLS_FILE = t.testdir({ ...files, 'tools.json': JSON.stringify({ tools, ...more }) });
  const catalog = loadCatalog({ TOOLS_FILE: `${TOOLS_FILE}/tools.json` });
  const usual = {
    OAUTH_ISSUER: issuer.issuer,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: backend.url,
    GATEWAY_HMAC_SECRET: hmacSecret,
    PUBLIC_URL: origin,
  };
  const gateway = await startGateway(t, { ...usual, ...env }, { catalog, ...parts });
  const sendTo: Stage['send'] = (path, sent) => send(`${gateway.url}${path}`, sent);
  const asPerson = async (sent: Sent = {}): Promise<Sent> => {
    if (sent.headers && 'authorization' in sent.headers) return sent;
    return { ...sent, headers: { ...bearer(await issuer.token()), ...sent.headers } };
  };
  return {
    issuer,
    backend,
    gateway,
    send: sendTo,
    call: async (tool, body = {}, sent) =>
      sendTo(`/tools/${tool}`, { body, ...(await asPerson(sent)) }),
    modern: async (method, params = {}, sent = {}) => {
      const body = { jsonrpc: '2.0', id: 7, method, params: asModern(params) };
      const headers = { ...modernHeaders(method, params), ...sent.headers };
      return sendTo('/mcp', { body, ...(await asPerson({ ...sent, headers })) });
    },
    mcp: async (method, params = {}, sent) =>
      sendTo('/mcp', {
        body: { jsonrpc: '2.0', id: 7, method, params },
        ...(await asPerson(sent)),
      }),
  };
}
