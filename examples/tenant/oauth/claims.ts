import type { Api } from '../state.ts';

/** What an access token for an API says, before its profile gives it a form. */
export interface Access {
  issuer: string;
  subject: string;
  clientId: string;
  api: Api;
  scopes: string[];
  /** Goes into the token when RBAC and "add permissions" are on. */
  permissions: string[];
  /** Identifier of the token; only the RFC 9068 profile carries it. */
  id: string;
  /** Unix seconds. */
  issuedAt: number;
  expiresAt: number;
  /** Auth0's mark of a machine token. */
  machine?: true;
}

/**
 * Header and claims of an access token in the API's profile: Auth0's (`typ: JWT`, `azp`) or RFC 9068
 * (`typ: at+jwt`, `client_id`, `jti`). With `openid` the token is for userinfo as well and `aud` is an array.
 */
export function accessToken(access: Access): {
  header: { typ: string };
  payload: Record<string, unknown>;
} {
  const { api, scopes, issuer } = access;
  const rfc9068 = api.token_dialect.startsWith('rfc9068');
  const authz = api.token_dialect.endsWith('_authz') && api.enforce_policies;
  const audience = scopes.includes('openid')
    ? [api.identifier, `${issuer}userinfo`]
    : api.identifier;
  return {
    header: { typ: rfc9068 ? 'at+jwt' : 'JWT' },
    payload: {
      iss: issuer,
      sub: access.subject,
      aud: audience,
      iat: access.issuedAt,
      exp: access.expiresAt,
      scope: scopes.join(' '),
      ...(rfc9068 ? { client_id: access.clientId, jti: access.id } : { azp: access.clientId }),
      ...(access.machine ? { gty: 'client-credentials' } : {}),
      ...(authz ? { permissions: access.permissions } : {}),
    },
  };
}
