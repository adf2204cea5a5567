import {
  discoverAuthorizationServerMetadata,
  exchangeAuthorization,
  refreshAuthorization,
  registerClient,
  startAuthorization,
} from '@modelcontextprotocol/client';
import t from 'tap';
import { logIn } from '../../../../examples/tenant/oauth/login.ts';
import { alice, allowStrict, audience, preparedState, redirectUri, serve } from './tenant.ts';

t.test('the OAuth half of the official MCP client is content with the tenant', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  allowStrict(tenant.state);
  const { issuer } = tenant;
  const metadata = await discoverAuthorizationServerMetadata(issuer);
  if (metadata === undefined) throw new Error('no metadata');
  const clientInformation = await registerClient(issuer, {
    metadata,
    clientMetadata: { redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' },
    scope: 'events:read',
  });
  const common = { metadata, clientInformation, resource: new URL(audience) };
  const { authorizationUrl, codeVerifier } = await startAuthorization(issuer, {
    ...common,
    redirectUrl: redirectUri,
    scope: 'events:read events:write offline_access',
  });
  const { searchParams: back } = await logIn(authorizationUrl.href, alice);
  const tokens = await exchangeAuthorization(issuer, {
    ...common,
    authorizationCode: String(back.get('code')),
    iss: String(back.get('iss')),
    codeVerifier,
    redirectUri,
  });
  t.equal(tokens.scope, 'events:read events:write offline_access');
  const next = await refreshAuthorization(issuer, {
    ...common,
    refreshToken: String(tokens.refresh_token),
  });
  t.equal(next.scope, tokens.scope);
});
