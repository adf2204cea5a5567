import type { Refused } from './refusal.ts';

/** Fixes that more than one step names. */
export const noAudience =
  'No audience was requested: set resource_parameter_profile to compatibility in the tenant (or a default audience), and let the identifier of the API be the resource.';

export const missingScope = (scopes: readonly string[]): string => {
  const names = scopes.join(' ');
  return `RBAC drops scopes silently: give the person a role with the permission ${names} for this API; see too that the API defines ${names} and that the client grant of this client holds it.`;
};

const down =
  'The gateway could not get an answer from the backend: check that the backend runs, FUNCTIONS_BASE, and that it knows the path of this tool.';

const byReason: Readonly<Record<string, string>> = {
  wrong_audience:
    'OAUTH_AUDIENCE of the gateway and the identifier of the API in the tenant must be the same text.',
  wrong_issuer:
    'OAUTH_ISSUER of the gateway must be the tenant that issued the token, to the letter.',
  expired: 'Compare the clocks of gateway and tenant; CLOCK_TOLERANCE gives leeway.',
  not_yet_valid: 'Compare the clocks of gateway and tenant; CLOCK_TOLERANCE gives leeway.',
  unsupported_algorithm: 'Set RS256 in the settings of the API in Auth0.',
  ACCESS_TOKEN_IS_ENCRYPTED_JWE: noAudience,
  ACCESS_TOKEN_NOT_JWS: noAudience,
};

const byError: Readonly<Record<string, string>> = {
  upstream_failed: down,
  upstream_timeout: down,
  keys_unavailable: 'The gateway cannot read the signing keys of the tenant: check OAUTH_ISSUER.',
  too_many_requests: 'Wait a minute, or raise RATE_LIMIT_PER_MINUTE.',
  origin_not_allowed: 'Add the origin to APP_ORIGIN.',
  invalid_input: 'Give arguments that fit the input schema: --read or --write NAME:JSON.',
  unknown_tool: 'Name a tool of the catalog.',
  '-32020':
    'Something in front of the gateway takes away or rewrites headers that must say what the body says: let MCP-Protocol-Version, Mcp-Method, Mcp-Name and Mcp-Param-* through as they are.',
};

/** What to do about a gateway's refusal. */
export function fixOf({ reason, error, status, challenge }: Refused): string {
  const known = byReason[reason] ?? byError[error];
  if (known !== undefined) return known;
  if (challenge.error === 'insufficient_scope') {
    return missingScope(challenge.scope?.split(' ') ?? []);
  }
  if (status === 404) return 'Give the URL of the MCP endpoint itself; it usually ends in /mcp.';
  return 'The log of the gateway has a line with the request id and the cause.';
}

/** What to do about a tool result that says it failed. */
export const fixOfResult = (text: string): string =>
  /upstream|backend|ECONN|HTTP 5|\b50[0-4]\b/i.test(text)
    ? down
    : 'The backend itself refused these arguments: give better ones with --read or --write NAME:JSON.';

export interface Unpromoted {
  readonly error: string;
  readonly description: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly gateway: URL;
  /** Status of the webhook for somebody without its secret. */
  readonly probe: number;
}

/** The ways from a registration to a promoted client, and where each breaks. */
const stations = (clientId: string, gateway: URL): string =>
  `Look for ${clientId} in the log of the gateway. A line "client failed" has the code (conn_…, grant_…) and its fix, "client refused" the reason; "client observed" means PROMOTION=observe. No such line, but several with invalid_webhook_secret (one is the rehearsal's own probe): LOG_WEBHOOK_SECRET must equal the Authorization value of the log stream. Neither: no log stream of the tenant posts to ${gateway.origin}/auth0-log-webhook. Without any event the sweep comes every SWEEP_INTERVAL seconds.`;

/** What to do about a client that is not let in. */
export function fixOfPromotion(unpromoted: Unpromoted): string {
  const { error, description, clientId, redirectUri, gateway, probe } = unpromoted;
  if (probe === 404) {
    return 'Promotion is off at this gateway, so nothing lets a new client in: set MGMT_* and LOG_WEBHOOK_SECRET.';
  }
  const sentences = [
    cause(error, description),
    redirectUri.startsWith('http:') &&
      'A loopback redirect URI is promoted only with PROMOTE_CLIENTS=chatgpt,inspector.',
    stations(clientId, gateway),
  ];
  return sentences.filter((sentence) => sentence !== false).join(' ');
}

function cause(error: string, description: string): string {
  if (error === 'unauthorized_client') {
    return 'The client has no client grant for this API: nothing promoted it, or that ended halfway.';
  }
  if (/no connections? enabled/i.test(description)) {
    return 'No connection of LOGIN_CONNECTIONS is enabled for the client (strict ones need a domain connection): nothing promoted it, or that ended halfway.';
  }
  return 'The page of the tenant names the cause.';
}

/** Refusals of /authorize that no promotion heals. */
export function fixOfRequest(error: string, description: string): string | undefined {
  if (/service not found/i.test(description)) {
    return 'The tenant has no API whose identifier is the resource: create it, or set OAUTH_AUDIENCE to the identifier it has.';
  }
  if (/parameter/i.test(description)) {
    return 'A strict third-party client may not send this parameter.';
  }
  if (error === 'invalid_client' || /client is invalid|unknown client/i.test(description)) {
    return 'The tenant does not know this client (any more): register a new one.';
  }
  return undefined;
}
