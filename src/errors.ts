/**
 * Every answer that is not a success. One row a code; `description` is for the developer who
 * reads it in ChatGPT or in a log and says the fix where there is one.
 */
const refusals = {
  missing_token: [401, 'This endpoint needs an access token.'],
  invalid_token: [401, 'The access token is not valid.'],
  invalid_webhook_secret: [401, 'The Authorization header is not the secret of this log stream.'],
  invalid_metrics_token: [401, 'The Authorization header does not carry METRICS_TOKEN.'],
  insufficient_scope: [403, 'The access token lacks a scope that this call needs.'],
  origin_not_allowed: [403, 'Pages of this origin may not call the gateway (APP_ORIGIN).'],
  invalid_request: [400, 'The request is malformed.'],
  invalid_input: [400, "The arguments do not match the tool's input schema."],
  unknown_tool: [404, 'There is no tool of this name.'],
  not_found: [404, 'There is nothing at this path.'],
  method_not_allowed: [405, 'This method is not served here.'],
  body_too_large: [413, 'The body is larger than the gateway accepts.'],
  unsupported_media_type: [415, 'Send application/json.'],
  too_many_requests: [429, 'Too many requests; try again later.'],
  internal: [500, 'The gateway failed; the request id leads to its log line.'],
  tenant_unreachable: [502, "The tenant's metadata could not be read and no copy is at hand."],
  upstream_failed: [502, 'The backend of this tool could not be reached or answered unreadably.'],
  keys_unavailable: [503, "The tenant's signing keys cannot be read at the moment."],
  overloaded: [503, 'The gateway is overloaded; try again later.'],
  upstream_unavailable: [503, 'The backend of this tool is down; try again later.'],
  upstream_timeout: [504, 'The backend of this tool did not answer in time.'],
} as const satisfies Record<string, readonly [number, string]>;

export type Code = keyof typeof refusals;

/** Why a token was not believed; the stable word in the body of `invalid_token`. */
export const tokenReasons = {
  expired: 'The access token has expired.',
  not_yet_valid: 'The access token is not valid yet (nbf); compare the clocks.',
  wrong_issuer: 'The access token was issued by another tenant than OAUTH_ISSUER.',
  wrong_organization:
    'The access token is of another organization than OAUTH_ORGANIZATIONS, or of none.',
  wrong_audience:
    'The access token is for another audience; it must be issued for the API identifier OAUTH_AUDIENCE.',
  bad_signature: 'The signature of the access token does not verify.',
  unknown_key: 'The access token is signed with a key the tenant does not publish.',
  unsupported_algorithm:
    'The access token must be signed with RS256; set it in the settings of the API in Auth0.',
  malformed: 'The access token is not a well-formed JWT.',
  no_subject: 'The access token has no subject.',
  sender_constrained:
    'The access token is bound to a key (cnf, DPoP) and may not be used as a bearer token; the gateway takes no other.',
  ACCESS_TOKEN_IS_ENCRYPTED_JWE:
    'The access token is encrypted and unreadable here: no audience was requested. Set resource_parameter_profile to compatibility in the tenant, or a default audience.',
  ACCESS_TOKEN_NOT_JWS:
    'The access token is opaque, not a signed JWT: no audience was requested. Set resource_parameter_profile to compatibility in the tenant, or a default audience.',
} as const;

export type TokenReason = keyof typeof tokenReasons;

export interface RefusalDetail {
  /** Instead of the usual status of its code, where HTTP has a more exact one. */
  readonly status?: number;
  readonly reason?: string;
  readonly description?: string;
  /** All scopes the request needs; goes into the challenge. */
  readonly scope?: readonly string[];
  /** Seconds after which a retry may succeed. */
  readonly retryAfter?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log only, never for the wire. */
  readonly cause?: unknown;
}

export class Refusal extends Error {
  readonly code: Code;
  readonly status: number;
  readonly detail: RefusalDetail;

  constructor(code: Code, detail: RefusalDetail = {}) {
    super(detail.description ?? refusals[code][1], { cause: detail.cause });
    this.name = 'Refusal';
    this.code = code;
    this.status = detail.status ?? refusals[code][0];
    this.detail = detail;
  }

  /** The same refusal with more detail; what it already says stands. */
  with(detail: RefusalDetail): Refusal {
    const description = this.message;
    return new Refusal(this.code, { ...detail, description, ...this.detail });
  }
}

/** A refusal of a token, with the reason's own words. */
export function invalidToken(reason: TokenReason, cause?: unknown): Refusal {
  return new Refusal('invalid_token', { reason, description: tokenReasons[reason], cause });
}

export interface RefusalBody {
  readonly error: Code;
  readonly error_description: string;
  readonly reason?: string;
  readonly request_id: string;
}

/** The body of a refusal as every door sends it. */
export function refusalBody(refusal: Refusal, requestId: string): RefusalBody {
  return {
    error: refusal.code,
    error_description: refusal.message,
    ...(refusal.detail.reason === undefined ? {} : { reason: refusal.detail.reason }),
    request_id: requestId,
  };
}

/** Fastify's own errors, by the code they carry, in our words. */
const frameworkCodes: ReadonlyMap<unknown, Code> = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body_too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
]);

/** Any thrown value as a refusal: ours as it is, the framework's translated, the rest `internal`. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { code, statusCode = 500 } = Object(error) as { code?: unknown; statusCode?: number };
  const known = frameworkCodes.get(code);
  if (known) return new Refusal(known, { cause: error });
  const fault = statusCode >= 400 && statusCode < 500 ? 'invalid_request' : 'internal';
  return new Refusal(fault, { cause: error });
}

const challenged: ReadonlySet<Code> = new Set([
  'missing_token',
  'invalid_token',
  'insufficient_scope',
]);

/**
 * The WWW-Authenticate value (RFC 6750 §3, RFC 9728 §5.1), or undefined where none belongs.
 * A missing token gets no `error` (RFC 6750 §3.1).
 */
export function challenge(refusal: Refusal, metadataUrl: string): string | undefined {
  if (!challenged.has(refusal.code)) return undefined;
  const parameters = [`resource_metadata="${metadataUrl}"`];
  if (refusal.code !== 'missing_token') {
    parameters.push(`error="${refusal.code}"`, `error_description="${refusal.message}"`);
  }
  const scope = refusal.detail.scope ?? [];
  if (scope.length > 0) parameters.push(`scope="${scope.join(' ')}"`);
  return `Bearer ${parameters.join(', ')}`;
}

/** Response headers of a refusal besides the challenge. */
export function refusalHeaders(refusal: Refusal): Record<string, string> {
  const { retryAfter, headers } = refusal.detail;
  return {
    ...headers,
    ...(retryAfter === undefined
      ? {}
      : { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) }),
  };
}
