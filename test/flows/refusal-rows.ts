import type { Code } from '../../src/errors.ts';
import { loadCatalog } from '../../src/tools/catalog.ts';
import { nowSeconds } from '../issuer.ts';
import { bearer, type Sent } from '../send.ts';
import type { Entry, Stage, StageOptions } from '../stage.ts';

/** One refusal: how to meet it, and what every client is told then. */
export interface Row {
  readonly status: number;
  readonly text: string;
  readonly reason?: string;
  readonly on?: StageOptions;
  readonly before?: (stage: Stage) => unknown;
  /** The call, made through both doors; `path` instead where no door is meant. */
  readonly tool?: string;
  readonly input?: unknown;
  readonly path?: string;
  readonly sent?: (stage: Stage) => Sent | Promise<Sent>;
  /** What follows `Bearer resource_metadata="…"`. */
  readonly challenge?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How /mcp differs: a tool result, -32602, or an error before the body was read (id null). */
  readonly mcp?: 'result' | 'invalid params' | 'before the body';
}

export const tools: readonly Entry[] = [
  {
    name: 'readEvents',
    scopes: ['events:read'],
    inputSchema: { type: 'object', properties: { day: { type: 'string' } } },
  },
  { name: 'slowEvents', scopes: ['events:read'], timeoutMs: 40 },
  { name: 'writeEvents', scopes: ['events:write', 'events:read'] },
];

const withoutToken = () => ({ headers: { authorization: [] } });
const afterOne = { env: { RATE_LIMIT_PER_MINUTE: '1' } };

const broken = loadCatalog({ TOOL_SCOPES_JSON: '{"readEvents":["events:read"]}' });
const checkInput = (): never => {
  throw new Error('a defect of the gateway');
};
for (const [name, tool] of broken.tools) Object(broken.tools).set(name, { ...tool, checkInput });

const management = {
  MGMT_DOMAIN: 'http://127.0.0.1:9',
  MGMT_CLIENT_ID: 'm2m',
  MGMT_CLIENT_SECRET: 'management-secret-0123456789',
  LOG_WEBHOOK_SECRET: 'webhook-secret-0123456789',
  SWEEP_INTERVAL: '0',
};

const untilOverloaded = async (stage: Stage): Promise<void> => {
  while ((await stage.call('readEvents')).status !== 503);
};

/** Every code of errors.ts: a new one does not compile without its row. */
export const rows: Record<Code, Row> = {
  missing_token: {
    status: 401,
    text: 'This endpoint needs an access token.',
    sent: withoutToken,
    challenge: ', scope="events:read"',
    mcp: 'before the body',
  },
  invalid_token: {
    status: 401,
    text: 'The access token has expired.',
    reason: 'expired',
    sent: async ({ issuer }) => ({
      headers: bearer(await issuer.token({ exp: nowSeconds() - 100 })),
    }),
    challenge:
      ', error="invalid_token", error_description="The access token has expired.", scope="events:read"',
    mcp: 'before the body',
  },
  insufficient_scope: {
    status: 403,
    text: 'The access token lacks a scope that this call needs.',
    tool: 'writeEvents',
    challenge:
      ', error="insufficient_scope", error_description="The access token lacks a scope that this call needs.", scope="events:write events:read"',
  },
  origin_not_allowed: {
    status: 403,
    text: 'Pages of this origin may not call the gateway (APP_ORIGIN).',
    sent: () => ({ headers: { origin: 'https://evil.example' } }),
    mcp: 'before the body',
  },
  invalid_request: {
    status: 400,
    text: 'The Authorization header must be: Bearer, a space, a token.',
    sent: () => ({ headers: { authorization: 'Basic dXNlcjpwYXNz' } }),
    mcp: 'before the body',
  },
  invalid_input: {
    status: 400,
    text: "The arguments do not match the tool's input schema: /day must be string",
    input: { day: 1 },
    mcp: 'result',
  },
  unknown_tool: {
    status: 404,
    text: 'There is no tool of this name.',
    tool: 'nothing',
    mcp: 'invalid params',
  },
  body_too_large: {
    status: 413,
    text: 'The body is larger than the gateway accepts.',
    on: { env: { BODY_LIMIT: '1024' } },
    input: { day: 'x'.repeat(2000) },
    mcp: 'before the body',
  },
  unsupported_media_type: {
    status: 415,
    text: 'Send application/json.',
    sent: () => ({ headers: { 'content-type': 'text/plain' } }),
    mcp: 'before the body',
  },
  too_many_requests: {
    status: 429,
    text: 'Too many requests; try again later.',
    reason: 'caller',
    on: afterOne,
    before: (stage) => stage.call('readEvents'),
    headers: { 'retry-after': '60' },
    mcp: 'before the body',
  },
  internal: {
    status: 500,
    text: 'The gateway failed; the request id leads to its log line.',
    on: { parts: { catalog: broken } },
  },
  upstream_failed: {
    status: 502,
    text: 'The backend of this tool could not be reached or answered unreadably.',
    before: (stage) => stage.backend.close(),
    mcp: 'result',
  },
  upstream_timeout: {
    status: 504,
    text: 'The backend of this tool did not answer in time.',
    on: { answer: () => {} },
    tool: 'slowEvents',
    mcp: 'result',
  },
  keys_unavailable: {
    status: 503,
    text: "The tenant's signing keys cannot be read at the moment.",
    on: { env: { OAUTH_ISSUER: 'http://127.0.0.1:9' } },
    headers: { 'retry-after': '5' },
    mcp: 'before the body',
  },
  upstream_unavailable: {
    status: 503,
    text: 'The backend of this tool is down; try again later.',
    on: { env: { BREAKER_FAILURES: '1', BREAKER_SECONDS: '3600' } },
    before: async (stage) => {
      stage.backend.close();
      await stage.call('readEvents');
    },
    headers: { 'retry-after': '3600' },
    mcp: 'result',
  },
  overloaded: {
    status: 503,
    text: 'The gateway is overloaded; try again later.',
    reason: 'memory',
    on: { parts: { pressure: { maxRssBytes: 1, maxEventLoopDelay: 0, sampleInterval: 20 } } },
    before: untilOverloaded,
    headers: { 'retry-after': '10' },
    mcp: 'before the body',
  },
  not_found: { status: 404, text: 'There is nothing at this path.', path: '/nothing' },
  method_not_allowed: {
    status: 405,
    text: 'This method is not served here.',
    path: '/tools/readEvents',
    headers: { allow: 'POST' },
  },
  tenant_unreachable: {
    status: 502,
    text: "The tenant's metadata could not be read and no copy is at hand.",
    before: ({ issuer }) => issuer.documents.clear(),
    path: '/.well-known/openid-configuration',
  },
  invalid_metrics_token: {
    status: 401,
    text: 'The Authorization header does not carry METRICS_TOKEN.',
    on: { env: { METRICS_TOKEN: 'metrics-token-0123456789' } },
    path: '/metrics',
  },
  invalid_webhook_secret: {
    status: 401,
    text: 'The Authorization header is not the secret of this log stream.',
    on: { env: management },
    path: '/auth0-log-webhook',
    sent: () => ({ body: [], headers: { authorization: 'Bearer guessed' } }),
  },
};
