import { type errors, Provider } from 'oidc-provider';
import type { State } from '../state.ts';
import { findClient, isStrict } from './access.ts';
import { configuration, type Lasting } from './configuration.ts';
import type { SigningKey } from './keys.ts';
import { logExchange } from './log.ts';

/**
 * The authorization server proper: codes, PKCE, sessions, rotation, revocation, JWKS. Discovery, registration,
 * userinfo and what only Auth0 has are outside of it. One provider has one signing key.
 */
export function createProvider(
  state: State,
  issuer: string,
  key: SigningKey,
  lasting: Lasting,
): Provider {
  const provider = new Provider(issuer, configuration(state, issuer, key, lasting));
  provider.Client.prototype.redirectUriAllowed = function (uri: string) {
    return findClient(state, this.clientId)?.callbacks.includes(uri) === true;
  };
  // oidc-provider always sends `iss` (RFC 9207), Auth0 only when the tenant says so.
  provider.use(async (ctx, next) => {
    await next();
    const target = URL.parse(ctx.response.get('location'), issuer);
    if (state.settings.authorization_response_iss_parameter_supported) return;
    if (!target?.searchParams.has('iss')) return;
    target.searchParams.delete('iss');
    ctx.set('location', target.href);
  });
  // A strict client's user is not sent back with an error.
  provider.on('authorization.error', (ctx, error: errors.OIDCProviderError) => {
    const client = findClient(state, String(ctx.oidc.client?.clientId));
    if (client !== undefined && isStrict(client)) error.allow_redirect = false;
  });
  provider.on('grant.success', (ctx) => logExchange(state, ctx));
  provider.on('grant.error', (ctx, error) => logExchange(state, ctx, error));
  return provider;
}
