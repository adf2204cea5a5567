import {
  discoverAuthorizationServerMetadata,
  exchangeAuthorization,
  refreshAuthorization,
  startAuthorization,
} from '@modelcontextprotocol/client';
import { logIn } from '../../../examples/tenant/oauth/login.ts';
import type { Tenant } from '../../../examples/tenant/tenant.ts';

export const redirect = 'https://chatgpt.com/connector_platform_oauth_redirect';

/** What a public client does with alice at the tenant: log in, and refresh once. The tokens of the end. */
export async function connect(
  { issuer }: Tenant,
  clientId: string,
  resource: string,
  scope = 'events:read offline_access',
) {
  const metadata = await discoverAuthorizationServerMetadata(issuer);
  if (metadata === undefined) throw new Error('no metadata');
  const common = {
    metadata,
    clientInformation: { client_id: clientId },
    resource: new URL(resource),
  };
  const { authorizationUrl, codeVerifier } = await startAuthorization(issuer, {
    ...common,
    redirectUrl: redirect,
    scope,
  });
  const alice = { username: 'alice@example.com', password: 'correct horse' };
  const { searchParams: back } = await logIn(authorizationUrl.href, alice);
  const tokens = await exchangeAuthorization(issuer, {
    ...common,
    authorizationCode: String(back.get('code')),
    iss: String(back.get('iss')),
    codeVerifier,
    redirectUri: redirect,
  });
  if (tokens.refresh_token === undefined) return tokens;
  return refreshAuthorization(issuer, { ...common, refreshToken: tokens.refresh_token });
}
