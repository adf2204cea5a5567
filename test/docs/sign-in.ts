import { createHash, randomBytes } from 'node:crypto';
import { logIn } from '../../examples/tenant/oauth/login.ts';
import type { Tenant } from '../../examples/tenant/tenant.ts';

const redirect = 'https://chatgpt.com/connector/oauth/smoke_Test-1';

async function postJson(url: string, body: unknown): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, string>;
}

/**
 * Does what ChatGPT and alice do: registers a client, waits until the log stream has told the
 * gateway, logs in with PKCE, redeems the code. Gives the access token.
 */
export async function signIn(tenant: Tenant, resource: string, scope: string): Promise<string> {
  const { client_id: client = '' } = await postJson(`${tenant.issuer}oidc/register`, {
    client_name: 'ChatGPT',
    redirect_uris: [redirect],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  });
  await tenant.delivered();
  const verifier = randomBytes(32).toString('base64url');
  const request = new URL(`${tenant.issuer}authorize`);
  request.search = new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: redirect,
    resource,
    scope,
    state: randomBytes(8).toString('hex'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const [alice] = [...tenant.state.people.values()].filter(({ name }) => name === 'alice');
  const { email: username = '', password = '' } = alice ?? {};
  const back = await logIn(request.href, { username, password });
  const { access_token: token = '' } = await postJson(`${tenant.issuer}oauth/token`, {
    grant_type: 'authorization_code',
    client_id: client,
    code: back.searchParams.get('code'),
    code_verifier: verifier,
    redirect_uri: redirect,
    resource,
  });
  return token;
}
