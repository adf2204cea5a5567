import { createSession } from '../rehearsal/session.ts';
import { logIn } from '../tenant/oauth/login.ts';
import type { Tenant } from '../tenant/tenant.ts';

/** Where ChatGPT has people sent back to; nobody is sent anywhere here. */
const redirectUri = 'https://chatgpt.com/connector/oauth/widget_host';

/**
 * Registers a client at a pretend tenant as ChatGPT does and logs a person in with it.
 * @returns an access token for the gateway at `origin` with these scopes.
 */
export async function signIn(tenant: Tenant, origin: string, scope: string): Promise<string> {
  const session = createSession({
    url: new URL('/mcp', origin),
    resourceMetadataUrl: new URL('/.well-known/oauth-protected-resource/mcp', origin),
    issuer: tenant.issuer,
    redirectUri,
    clientId: undefined,
    fetch,
  });
  const { url } = await session.ask(scope);
  await tenant.delivered();
  const person = { username: 'alice@example.com', password: 'correct horse' };
  const { access_token: token } = await session.finish(await logIn(url.href, person));
  return token;
}
