import type { z } from 'zod';
import { settings } from './settings.ts';

/** One thing wrong with the settings: which, what, and what to write instead. */
export interface Problem {
  readonly name: string;
  readonly problem: string;
  readonly fix: string;
}

/** Thrown before the gateway starts; carries every problem at once. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((p) => `${p.name}: ${p.problem}. ${p.fix}`).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** RFC 1918, RFC 4193, a name without a dot, or a name that only private resolvers know. */
const privateHost =
  /^((10\.\d+|192\.168|172\.(1[6-9]|2\d|3[01]))\.\d+\.\d+|\[f[cd][\da-f]{2}:.*\]|[^.:]+|.+\.(internal|local|svc))$/;
const sample = /replace-with|change-?me|your-/i;
const shortest = 16;

/** True when the host of `url` is this machine itself (RFC 8252 §7.3, §8.3). */
export const isLoopback = (url: string): boolean => loopback.test(new URL(url).hostname);

const isPrivate = (url: string): boolean => privateHost.test(new URL(url).hostname);

type Name = keyof typeof settings;
type Settings = { readonly [N in Name]: z.output<(typeof settings)[N]['schema']> };

export interface Management {
  /** `https://tenant.us.auth0.com`, or a loopback origin. */
  readonly origin: string;
  readonly audience: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The settings as parsed, plus what follows from several of them together. */
export interface Config extends Settings {
  readonly loginConnections: readonly string[];
  /** Undefined = promotion is off. */
  readonly management: Management | undefined;
  readonly trustProxy: 'off' | 'on' | 'host';
}

type Partly = { -readonly [N in Name]?: Settings[N] | undefined };

const hints: Partial<Record<Name, string>> = {
  OAUTH_ISSUER: 'https://TENANT.us.auth0.com/',
  OAUTH_AUDIENCE: "your API's identifier, best the gateway's own URL with /mcp",
  FUNCTIONS_BASE: 'the base URL of your tools',
};

function readEach(env: Readonly<Record<string, string | undefined>>, problems: Problem[]): Partly {
  const values: Record<string, unknown> = {};
  for (const [name, { schema, ...rest }] of Object.entries(settings)) {
    const given = env[name]?.trim() || ('unset' in rest ? rest.unset : undefined);
    const parsed = schema.safeParse(given);
    if (parsed.success) {
      values[name] = parsed.data;
      continue;
    }
    if (given === undefined) {
      const hint = hints[name as Name];
      problems.push({ name, problem: 'is not set', fix: `Set it to ${hint}` });
      continue;
    }
    const [problem = '', fix = ''] = parsed.error.issues.flatMap((i) => i.message.split('|'));
    problems.push({ name, problem, fix });
  }
  return values as Partly;
}

const secretNames = [
  'GATEWAY_HMAC_SECRET',
  'BACKEND_TOKEN',
  'LOG_WEBHOOK_SECRET',
  'MGMT_CLIENT_SECRET',
  'METRICS_TOKEN',
] as const;

function* weakSecrets(values: Partly): Generator<Problem> {
  if (values.NODE_ENV === 'development') return;
  for (const name of secretNames) {
    for (const secret of [values[name] ?? []].flat()) {
      const problem = sample.test(secret)
        ? 'still holds a sample value'
        : secret.length < shortest && `is shorter than ${shortest} characters`;
      if (problem) yield { name, problem, fix: 'Make one with: openssl rand -base64 32' };
    }
  }
}

const mayBePlain = [
  'OAUTH_ISSUER',
  'MGMT_DOMAIN',
  'FUNCTIONS_BASE',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
] as const;

function* plainHttp(values: Partly): Generator<Problem> {
  for (const name of mayBePlain) {
    const target = values[name];
    if (target === undefined || !target.startsWith('http:') || isLoopback(target)) continue;
    const inside = isPrivate(target);
    // Traces tell of nobody; a collector beside the gateway seldom speaks TLS.
    if (inside && name === 'OTEL_EXPORTER_OTLP_ENDPOINT') continue;
    const backend = inside && name === 'FUNCTIONS_BASE';
    if (backend && values.ALLOW_HTTP_BACKEND) continue;
    const fix = backend ? 'Use https, or set ALLOW_HTTP_BACKEND=true' : 'Use https';
    yield { name, problem: 'is plain http beyond loopback', fix };
  }
}

/** What only one way of BACKEND_AUTH uses. */
const onlyWith = [
  ['BACKEND_TOKEN', 'bearer'],
  ['BACKEND_AUDIENCE', 'google-id-token'],
] as const;

function* backendAuth(values: Partly): Generator<Problem> {
  if (values.BACKEND_AUTH === 'bearer' && values.BACKEND_TOKEN === undefined) {
    const fix = 'Set the token the backend wants (BACKEND_AUTH=bearer)';
    yield { name: 'BACKEND_TOKEN', problem: 'is not set', fix };
  }
  for (const [name, mode] of onlyWith) {
    if (values[name] === undefined || (values.BACKEND_AUTH ?? mode) === mode) continue;
    const problem = `is set, but BACKEND_AUTH is ${values.BACKEND_AUTH}`;
    yield { name, problem, fix: `Unset it, or set BACKEND_AUTH=${mode}` };
  }
}

function* together(values: Partly): Generator<Problem> {
  const parts = ['MGMT_DOMAIN', 'MGMT_CLIENT_ID', 'MGMT_CLIENT_SECRET'] as const;
  const given = parts.filter((name) => values[name] !== undefined);
  if (given.length > 0) {
    for (const name of parts.filter((part) => !given.includes(part))) {
      yield { name, problem: 'is not set', fix: `Promotion needs all of ${parts.join(', ')}` };
    }
    if (values.LOG_WEBHOOK_SECRET?.length === 0) {
      const fix = 'Set the Authorization value of the log stream (MGMT_* is set)';
      yield { name: 'LOG_WEBHOOK_SECRET', problem: 'is not set', fix };
    }
  }
  const backend = values.FUNCTIONS_BASE;
  if (backend && !isLoopback(backend) && values.GATEWAY_HMAC_SECRET?.length === 0) {
    const fix = 'A backend that is not on loopback needs a signed identity';
    yield { name: 'GATEWAY_HMAC_SECRET', problem: 'is not set', fix };
  }
  if ((values.TOOLS_FILE === undefined) === (values.TOOL_SCOPES_JSON === undefined)) {
    const problem =
      values.TOOLS_FILE === undefined ? 'is not set' : 'and TOOL_SCOPES_JSON are both set';
    yield { name: 'TOOLS_FILE', problem, fix: 'Set one of TOOLS_FILE and TOOL_SCOPES_JSON' };
  }
}

const proxyTrust = { true: 'on', false: 'off', host: 'host' } as const;

function derive(values: Settings): Config {
  const {
    MGMT_DOMAIN: origin,
    MGMT_CLIENT_ID: clientId,
    MGMT_CLIENT_SECRET: clientSecret,
  } = values;
  const management =
    origin && clientId && clientSecret
      ? Object.freeze({
          origin,
          audience: values.MGMT_AUDIENCE ?? `${origin}/api/v2/`,
          clientId,
          clientSecret,
        })
      : undefined;
  const loginConnections =
    values.LOGIN_CONNECTIONS.length > 0
      ? values.LOGIN_CONNECTIONS
      : Object.freeze([values.GOOGLE_CONNECTION_NAME ?? 'google-oauth2']);
  const trustProxy = proxyTrust[values.TRUST_PROXY ?? (values.K_SERVICE ? 'true' : 'false')];
  return Object.freeze({ ...values, management, loginConnections, trustProxy });
}

/**
 * Reads the environment.
 * @throws {ConfigError} with every problem of every setting.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: Problem[] = [];
  const values = readEach(env, problems);
  const named = new Set(problems.map(({ name }) => name));
  const found = [
    ...plainHttp(values),
    ...together(values),
    ...backendAuth(values),
    ...weakSecrets(values),
  ];
  problems.push(...found.filter(({ name }) => !named.has(name)));
  if (problems.length > 0) throw new ConfigError(problems);
  return derive(values as Settings);
}

/** What an operator should know though the gateway starts; one sentence each. */
export function warnings(config: Config): string[] {
  const found: string[] = [];
  if (!config.management) {
    found.push('Promotion is off: MGMT_DOMAIN, MGMT_CLIENT_ID, MGMT_CLIENT_SECRET are not set.');
  }
  if (config.PUBLIC_URL && config.OAUTH_AUDIENCE !== `${config.PUBLIC_URL}/mcp`) {
    found.push(
      `OAUTH_AUDIENCE is not PUBLIC_URL + /mcp: strict MCP clients compare the two (RFC 9728 §3.3).`,
    );
  }
  if (config.GRANTS === 'default') {
    found.push('GRANTS=default: every client that registers itself gets in without a verdict.');
  }
  const redis = config.REDIS_URL;
  if (redis?.startsWith('redis:') && !isLoopback(redis) && !isPrivate(redis)) {
    found.push('REDIS_URL crosses a public network in the clear: use rediss://.');
  }
  return found;
}
