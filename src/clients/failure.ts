/** The calls of the Management API; each gives its failures their code. */
export type Operation =
  | 'token'
  | 'client'
  | 'client_list'
  | 'promote'
  | 'conn_lookup'
  | 'conn_domain'
  | 'conn_enable'
  | 'grant_lookup'
  | 'grant'
  | 'note'
  | 'delete'
  | 'tokens'
  | 'user_grants'
  | 'cimd';

/** The scopes each needs. */
export const scopes: Readonly<Record<Operation, string>> = {
  token: '',
  client: 'read:clients',
  client_list: 'read:clients',
  promote: 'update:clients',
  conn_lookup: 'read:connections',
  conn_domain: 'update:connections',
  conn_enable: 'update:connections',
  grant_lookup: 'read:client_grants',
  grant: 'create:client_grants and update:client_grants',
  note: 'update:clients',
  delete: 'delete:clients',
  tokens: 'read:device_credentials',
  user_grants: 'read:grants',
  cimd: 'create:clients and update:clients',
};

const credentials = 'Check MGMT_CLIENT_ID, MGMT_CLIENT_SECRET and MGMT_AUDIENCE.';

/** What an operator should do about it, where only an operator can. */
export const fixes: Readonly<Record<string, string>> = {
  token_401: credentials,
  token_403: 'Authorize the application of MGMT_CLIENT_ID for the Auth0 Management API.',
  promote_400:
    'The tenant does not let this client be changed: leave PROMOTION at auto, or set third-party.',
  grant_400: 'Add the scopes of the catalog to the API (its Permissions tab in Auth0).',
  grant_404: 'Make an API in Auth0 whose identifier is OAUTH_AUDIENCE.',
  tokens_400:
    'The tenant does not list refresh tokens by client, so no unused client can be deleted: leave RETIRE_UNUSED_DAYS at 0.',
};

function fixOf(operation: Operation, status: number): string | undefined {
  const known = fixes[`${operation}_${status}`];
  if (known !== undefined) return known;
  if (status === 401) return credentials;
  if (status === 403) {
    return `Give the Management API client the scope ${scopes[operation]}.`;
  }
  return undefined;
}

/** Why a client did not get to its end; `code` is stable, `message` says what Auth0 said. */
export class Failure extends Error {
  readonly code: string;
  /** HTTP status, where an answer came at all. */
  readonly status: number | undefined;
  /** True when the same may succeed later without anybody's help. */
  readonly retry: boolean;
  readonly fix: string | undefined;

  constructor(
    code: string,
    message: string,
    detail: { status?: number | undefined; retry?: boolean; fix?: string | undefined } = {},
  ) {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.status = detail.status;
    this.retry = detail.retry ?? false;
    this.fix = detail.fix;
  }
}

/**
 * A failed call. Without a status there was no answer: that, 408, 429 and 5xx may pass; any other
 * answer is final.
 */
export function callFailure(operation: Operation, status?: number, message = ''): Failure {
  if (status === undefined) {
    return new Failure(`${operation}_unreachable`, message, { retry: true });
  }
  const retry = status < 400 || status === 408 || status === 429 || status >= 500;
  return new Failure(`${operation}_http_${status}`, message, {
    status,
    retry,
    fix: retry ? undefined : fixOf(operation, status),
  });
}
