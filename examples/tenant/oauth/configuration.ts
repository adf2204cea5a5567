import type { AdapterFactory, Configuration } from 'oidc-provider';
import type { State } from '../state.ts';
import { findClient, personById } from './access.ts';
import { noScope } from './admit.ts';
import { accessToken } from './claims.ts';
import type { SigningKey } from './keys.ts';
import { errorPage } from './pages.ts';
import { existingGrant, prompts } from './prompts.ts';
import { resourceServer } from './resource.ts';
import { identity } from './userinfo.ts';

/** What outlives a change of the signing key. */
export interface Lasting {
  store: AdapterFactory;
  /** Key of the encrypted tokens. */
  secret: Buffer;
  cookieKey: string;
}

const day = 86_400;

/** oidc-provider's settings: what of Auth0's behaviour it can be told. */
export function configuration(
  state: State,
  issuer: string,
  key: SigningKey,
  { store, secret, cookieKey }: Lasting,
): Configuration {
  return {
    adapter: store,
    jwks: { keys: [key.jwk] },
    cookies: { keys: [cookieKey] },
    routes: {
      authorization: '/authorize',
      token: '/oauth/token',
      revocation: '/oauth/revoke',
      end_session: '/oidc/logout',
      jwks: '/.well-known/jwks.json',
    },
    features: features(state, issuer, secret),
    responseTypes: ['code'],
    scopes: ['openid', 'offline_access', 'profile', 'email', noScope],
    claims: { openid: ['sub'], profile: ['name', 'nickname'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    clientAuthMethods: ['none', 'client_secret_post', 'client_secret_basic'],
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    clientBasedCORS: (_ctx, origin, { clientId }) => {
      const client = findClient(state, clientId);
      return [client?.allowed_origins, client?.web_origins].flat().includes(origin);
    },
    pkce: {
      required: (_ctx, { clientId }) => {
        const client = findClient(state, clientId);
        const strict = client?.third_party_security_mode === 'strict';
        return strict || client?.token_endpoint_auth_method === 'none';
      },
    },
    ttl: {
      AccessToken: (_ctx, token) => Number(token.resourceServer?.accessTokenTTL),
      AuthorizationCode: 600,
      Grant: 30 * day,
      IdToken: 36_000,
      Interaction: 600,
      RefreshToken: 30 * day,
      Session: 3 * day,
    },
    interactions: { policy: prompts(), url: (_ctx, { uid, prompt }) => `/u/${prompt.name}/${uid}` },
    loadExistingGrant: (ctx) => existingGrant(state, ctx),
    findAccount: (_ctx, id) => {
      const person = personById(state, id);
      return person && { accountId: id, claims: () => identity(person) };
    },
    renderError: (ctx, { error, error_description }) => {
      // With prompt=none the status is that of a redirect, but a strict client's errors stay here.
      ctx.status = Math.max(ctx.status, 400);
      ctx.type = 'html';
      ctx.body = errorPage(error, String(error_description));
    },
    formats: { customizers: { jwt: customizer(state, issuer) } },
  };
}

function features(state: State, issuer: string, secret: Buffer): Configuration['features'] {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    userinfo: { enabled: false },
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: ({ oidc }, resource, { clientId }) => {
        // The person is known when a token is made, not yet when it is asked for.
        const person = personById(state, String(oidc.account?.accountId));
        const client = findClient(state, clientId);
        return resourceServer(state, issuer, secret, { resource, client, person });
      },
    },
  };
}

type Customizer = NonNullable<
  NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']
>;

function customizer(state: State, issuer: string): Customizer {
  return (_ctx, token, parts) => {
    const { aud, sub, iat, exp, scope, jti, client_id: clientId } = parts.payload;
    const api = state.apis.get(String(aud));
    // Without an API the token is for userinfo and encrypted.
    if (api === undefined) return;
    const permitted = token.resourceServer?.scopes;
    const { header, payload } = accessToken({
      issuer,
      api,
      subject: String(sub),
      clientId: String(clientId),
      scopes: typeof scope === 'string' ? scope.split(' ') : [],
      permissions: api.scopes.map(({ value }) => value).filter((value) => permitted?.has(value)),
      id: String(jti),
      issuedAt: Number(iat),
      expiresAt: Number(exp),
    });
    parts.header = { ...header };
    parts.payload = payload;
  };
}
