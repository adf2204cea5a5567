import { z } from 'zod';

const list = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .readonly();

/** URL parsers forgive `HTTP://x`, `https:x` and `https:\\x`; whoever reads the text later does not. */
const absolute = /^https?:\/\/[^\s/\\][^\s\\]*$/;

const url = z.string().refine((text) => absolute.test(text) && URL.canParse(text), {
  error: 'is not an http(s) URL|Write an absolute URL such as https://example.com',
});

const plainUrl = url.refine((text) => !/[?#@]/.test(text), {
  error: 'has a query, fragment or user part|Write scheme, host and path only',
});

const redisUrl = z
  .string()
  .refine((text) => /^rediss?:\/\/[^\s/\\][^\s\\]*$/.test(text) && URL.canParse(text), {
    error:
      'is not a Redis URL|Write rediss://:password@host:6379, or redis:// in a private network',
  });

/** A host such as tenant.us.auth0.com, or an origin (http on loopback). Becomes an origin. */
const domain = z
  .string()
  .transform((text) => (/^https?:\/\//.test(text) ? text : `https://${text}`))
  .pipe(
    plainUrl.refine((text) => URL.parse(text)?.pathname === '/', {
      error: 'is not a host|Write the tenant domain alone, e.g. tenant.us.auth0.com',
    }),
  )
  .transform((text) => new URL(text).origin);

const whole = (least: number, most: number) =>
  z
    .string()
    .refine((text) => /^\d{1,12}$/.test(text) && Number(text) >= least && Number(text) <= most, {
      error: `is not a whole number from ${least} to ${most}|Write digits only`,
    })
    .transform(Number);

const share = z
  .string()
  .refine((text) => /^(0(\.\d+)?|1(\.0+)?)$/.test(text), {
    error: 'is not a number from 0 to 1|Write a share such as 0.1',
  })
  .transform(Number);

const flag = z
  .enum(['true', 'false', '1', '0', 'on', 'off'], {
    error: 'is neither true nor false|Write true or false',
  })
  .transform((text) => text === 'true' || text === '1' || text === 'on');

const oneOf = <const T extends readonly [string, ...string[]]>(...words: T) =>
  z.enum(words, { error: `is none of ${words.join(', ')}|Write one of them` });

/** Exactly as a browser sends it; `https://*.example` would never match. */
const isOrigin = (text: string): boolean => !text.includes('*') && URL.parse(text)?.origin === text;

const origins = list
  .pipe(
    z.array(
      z.string().refine((text) => text === '*' || isOrigin(text), {
        error: 'has an entry that is no origin|Write origins such as https://chatgpt.com, or *',
      }),
    ),
  )
  .transform((entries) => (entries.includes('*') ? ('*' as const) : entries))
  .readonly();

/** Where nothing but a browser or the system itself listens. */
const noApplication =
  /^(about|blob|chrome|data|file|filesystem|ftp|intent|javascript|mailto|sms|tel|vbscript|view-source|wss?):/;
const loopbackHttp = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/;

/** Auth0 reads `*` and `{}` in a callback as more than themselves; user info and fragments are disguises. */
function isExactRedirect(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^[!-~]+$/.test(text) || /[*{}@#\\]/.test(text)) return false;
  if (url.href !== text && url.href !== `${text}/`) return false;
  return url.protocol === 'http:' ? loopbackHttp.test(text) : !noApplication.test(text);
}

const redirects = list
  .pipe(
    z.array(
      z.string().refine(isExactRedirect, {
        error:
          'has an entry that is no exact redirect URI|Write https://app.example/callback, http://127.0.0.1/callback or a scheme of your own',
      }),
    ),
  )
  .readonly();

/** The MCP clients whose redirect URIs are known. */
export const mcpClients = [
  'chatgpt',
  'claude',
  'claude-code',
  'vscode',
  'cursor',
  'inspector',
] as const;

const text = z.string();

/** RFC 6750 §2.1, so that it can stand in a header. */
const bearerToken = text.regex(/^[\w.~+/-]+=*$/, {
  error:
    'is not a bearer token|Write the token alone: letters, digits, - . _ ~ + / and = at the end',
});

/** Which scopes each scope implies, directly or through others. */
export type ScopeImplies = ReadonlyMap<string, readonly string[]>;

/** Two scopes (RFC 6749 §3.3) with `>` between; neither can hold the marks that separate them. */
const pairShape = /^([!#-+\--=?-[\]-~]+)>([!#-+\--=?-[\]-~]+)$/;

/** Everything that follows from `scope`; holds `scope` itself when it stands in a circle. */
function reach(scope: string, direct: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const open = [scope];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const implied of direct.get(next) ?? []) {
      if (!found.has(implied)) open.push(implied);
      found.add(implied);
    }
  }
  return found;
}

const shapeMistake =
  'has an entry that is no pair of scopes|Write pairs such as events:write>events:read';
const circleMistake = 'runs in a circle|Let a scope imply only smaller ones';

/** SCOPE_IMPLIES: pairs `a>b`, read through to the end (a>b, b>c: a implies c too). */
const scopeImplies = list.pipe(
  z
    .array(z.string().regex(pairShape, { error: shapeMistake }))
    .transform((pairs, context): ScopeImplies => {
      const direct = new Map<string, string[]>();
      for (const pair of pairs) {
        const between = pair.indexOf('>');
        const greater = pair.slice(0, between);
        direct.set(greater, [...(direct.get(greater) ?? []), pair.slice(between + 1)]);
      }
      const all = new Map<string, readonly string[]>();
      for (const scope of direct.keys()) {
        const found = reach(scope, direct);
        if (found.has(scope)) context.addIssue({ code: 'custom', message: circleMistake });
        all.set(scope, [...found]);
      }
      return Object.freeze(all);
    }),
);

const day = 86_400;

/**
 * Every setting: its schema and the text it has when unset (undefined = none). The order is
 * that of `.env.sample`. Messages are `problem|fix`.
 */
export const settings = {
  OAUTH_ISSUER: { schema: plainUrl.transform((t) => t.replace(/\/*$/, '/')) },
  OAUTH_AUDIENCE: { schema: text },
  OAUTH_ORGANIZATIONS: { schema: list, unset: '' },
  FUNCTIONS_BASE: { schema: plainUrl.transform((t) => t.replace(/\/+$/, '')) },
  ALLOW_HTTP_BACKEND: { schema: flag, unset: 'false' },
  GATEWAY_HMAC_SECRET: { schema: list, unset: '' },
  BACKEND_AUTH: { schema: oneOf('none', 'google-id-token', 'bearer'), unset: 'none' },
  BACKEND_TOKEN: { schema: bearerToken.optional() },
  BACKEND_AUDIENCE: { schema: text.optional() },
  BREAKER_FAILURES: { schema: whole(0, 1000), unset: '10' },
  BREAKER_SECONDS: { schema: whole(1, 3600), unset: '10' },
  TOOLS_FILE: { schema: text.optional() },
  TOOL_SCOPES_JSON: { schema: text.optional() },
  ANNOTATIONS: { schema: oneOf('fill', 'strict'), unset: 'fill' },
  OUTPUT_SCHEMA: { schema: oneOf('report', 'strict'), unset: 'report' },
  PUBLIC_URL: { schema: url.transform((t) => new URL(t).origin).optional() },
  TRUST_PROXY: { schema: oneOf('true', 'false', 'host').optional() },
  APP_ORIGIN: { schema: origins, unset: 'https://chatgpt.com,https://platform.openai.com' },
  MGMT_DOMAIN: { schema: domain.optional() },
  MGMT_CLIENT_ID: { schema: text.optional() },
  MGMT_CLIENT_SECRET: { schema: text.optional() },
  MGMT_AUDIENCE: { schema: url.optional() },
  LOG_WEBHOOK_SECRET: { schema: list, unset: '' },
  LOGIN_CONNECTIONS: { schema: list, unset: '' },
  GOOGLE_CONNECTION_NAME: { schema: text.optional() },
  PROMOTION: { schema: oneOf('auto', 'first-party', 'third-party', 'observe'), unset: 'auto' },
  PROMOTE_CLIENTS: {
    schema: list.pipe(z.array(oneOf(...mcpClients)).readonly()),
    unset: 'chatgpt',
  },
  ALLOWED_REDIRECTS: { schema: redirects, unset: '' },
  PROMOTE_UNMARKED: { schema: flag, unset: 'false' },
  FOREIGN_CLIENTS: { schema: oneOf('leave', 'delete'), unset: 'leave' },
  FOREIGN_GRACE_HOURS: { schema: whole(1, 8760), unset: '168' },
  GRANTS: { schema: oneOf('own', 'default'), unset: 'own' },
  SWEEP_INTERVAL: { schema: whole(0, day), unset: '300' },
  RETIRE: { schema: oneOf('on', 'dry-run'), unset: 'on' },
  RETIRE_UNUSED_DAYS: { schema: whole(0, 3650), unset: '0' },
  RETIRE_MAX: { schema: whole(1, 1000), unset: '5' },
  TENANT_CLIENT_LIMIT: { schema: whole(0, 1_000_000), unset: '0' },
  SCOPE_CHALLENGE: { schema: oneOf('auto', 'http', 'result'), unset: 'auto' },
  SCOPE_IMPLIES: { schema: scopeImplies, unset: '' },
  PERMISSIONS: { schema: oneOf('consented', 'united'), unset: 'consented' },
  TOOLS_LIST: { schema: oneOf('all', 'allowed'), unset: 'all' },
  RATE_LIMIT_PER_MINUTE: { schema: whole(0, 1_000_000), unset: '60' },
  REDIS_URL: { schema: redisUrl.optional() },
  MAX_EVENT_LOOP_DELAY: { schema: whole(0, 60_000), unset: '1000' },
  CLOCK_TOLERANCE: { schema: whole(0, 600), unset: '60' },
  TOKEN_CACHE_SECONDS: { schema: whole(0, day), unset: '300' },
  KEYS_MAX_STALE: { schema: whole(60, 30 * day), unset: String(day) },
  BODY_LIMIT: { schema: whole(1024, 104_857_600), unset: '1048576' },
  METRICS_TOKEN: { schema: text.optional() },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: plainUrl.transform((t) => t.replace(/\/+$/, '')).optional(),
  },
  OTEL_SERVICE_NAME: { schema: text, unset: 'openai-auth0-gateway' },
  OTEL_TRACES_SAMPLER_ARG: { schema: share, unset: '1' },
  OPENAI_APPS_CHALLENGE: { schema: text.optional() },
  PORT: { schema: whole(0, 65_535), unset: '8080' },
  HOST: { schema: text, unset: '0.0.0.0' },
  LOG_LEVEL: {
    schema: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    unset: 'info',
  },
  NODE_ENV: { schema: text.optional() },
  K_SERVICE: { schema: text.optional() },
} as const satisfies Record<string, { schema: z.ZodType; unset?: string }>;
