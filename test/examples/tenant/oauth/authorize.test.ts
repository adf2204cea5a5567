import t from 'tap';
import { LoginStopped, logIn } from '../../../../examples/tenant/oauth/login.ts';
import type { Client } from '../../../../examples/tenant/state.ts';
import {
  alice,
  allowStrict,
  audience,
  obtain,
  preparedState,
  promote,
  redirectUri,
  registerClient,
  request,
  type Served,
  serve,
} from './tenant.ts';

/** What the person sees of a request that does not lead back to the client. */
async function stopped(
  tenant: Served,
  client: Client,
  more: Record<string, string>,
): Promise<LoginStopped> {
  try {
    const back = await logIn(request(tenant, client, more).url, alice);
    throw new Error(`sent back to ${back}`);
  } catch (error) {
    if (error instanceof LoginStopped) return error;
    throw error;
  }
}

const strictTenant = async (t: Parameters<typeof serve>[0]) => {
  const tenant = await serve(t, preparedState('strict'));
  return { tenant, client: await registerClient(tenant) };
};

t.test('a strict client is refused on a page', async (t) => {
  const { tenant, client } = await strictTenant(t);

  t.test('without a client grant', async (t) => {
    const page = await stopped(tenant, client, {});
    t.match(page, { status: 403, error: 'unauthorized_client' });
    t.equal(
      page.description,
      `Client "${client.client_id}" is not authorized to access resource server "${audience}".`,
    );
  });

  t.test('for an API that does not exist', async (t) => {
    const page = await stopped(tenant, client, { resource: 'https://nowhere.test/' });
    t.match(page, { status: 403, error: 'access_denied' });
    t.equal(page.description, 'Service not found: https://nowhere.test/');
  });

  t.test('for parameters third parties may not send', async (t) => {
    allowStrict(tenant.state);
    for (const name of ['id_token_hint', 'claims', 'request', 'request_uri', 'screen_hint']) {
      const page = await stopped(tenant, client, { [name]: 'x' });
      t.match(page, { status: 400, error: 'invalid_request' }, name);
      t.match(page.description, name);
    }
  });

  t.test('without PKCE, or with a plain challenge', async (t) => {
    const none = { code_challenge: '', code_challenge_method: '' };
    t.match(await stopped(tenant, client, none), { status: 400, error: 'invalid_request' });
    const plain = { code_challenge_method: 'plain' };
    t.match(await stopped(tenant, client, plain), { error: 'invalid_request' });
  });

  t.test('for anything but the code flow', async (t) => {
    const page = await stopped(tenant, client, { response_type: 'token' });
    t.match(page, { status: 400, error: 'unsupported_response_type' });
    const none = await stopped(tenant, client, { response_type: '' });
    t.match(none, { status: 400, error: 'invalid_request' });
  });

  t.test('when the person would have to log in and prompt is none', async (t) => {
    const page = await stopped(tenant, client, { prompt: 'none' });
    t.match(page, { status: 400, error: 'login_required' });
  });

  t.test('without a connection of the domain level', async (t) => {
    for (const connection of tenant.state.connections.values()) {
      connection.is_domain_connection = false;
      connection.enabledFor.add(client.client_id);
    }
    const page = await stopped(tenant, client, {});
    t.match(page, { status: 400, error: 'invalid_request' });
    t.equal(page.description, 'no connections enabled for the client');
  });
});

t.test('other spellings of the path do not get past the refusals', async (t) => {
  const { tenant, client } = await strictTenant(t);
  const { search } = new URL(request(tenant, client, { claims: '{}' }).url);
  for (const path of ['/Authorize', '/authorize/', '//authorize', '/authorize%2f']) {
    t.equal((await fetch(tenant.origin + path + search)).status, 404, path);
  }
  const head = await fetch(`${tenant.origin}/authorize${search}`, { method: 'HEAD' });
  t.equal(head.status, 404);
});

t.test('no client is sent anywhere that is not its own', async (t) => {
  const { tenant, client } = await strictTenant(t);
  allowStrict(tenant.state);
  const wrong = { redirect_uri: 'https://chatgpt.com/elsewhere' };
  t.match(await stopped(tenant, client, wrong), { status: 400, error: 'invalid_redirect_uri' });
  const unknown = { ...client, client_id: 'tpc_unknown' };
  t.match(await stopped(tenant, unknown, {}), { status: 400, error: 'invalid_client' });
});

t.test('a permissive client is told of its errors', async (t) => {
  const tenant = await serve(t, preparedState('permissive'));
  const client = await registerClient(tenant);

  const back = await logIn(request(tenant, client).url, alice);
  t.equal(`${back.origin}${back.pathname}`, redirectUri);
  t.same(Object.fromEntries(back.searchParams), {
    error: 'invalid_request',
    error_description: 'no connections enabled for the client',
    state: 'xyz',
    iss: tenant.issuer,
  });

  tenant.state.settings.authorization_response_iss_parameter_supported = false;
  promote(tenant.state, client);
  const { url } = request(tenant, client, { resource: 'https://no.test/', state: '' });
  t.same(Object.fromEntries((await logIn(url, alice)).searchParams), {
    error: 'access_denied',
    error_description: 'Service not found: https://no.test/',
  });

  const refused = await logIn(request(tenant, client, { code_challenge: '' }).url, alice);
  t.equal(refused.searchParams.get('error'), 'invalid_request', 'a public client needs PKCE');
  const silent = await logIn(request(tenant, client, { prompt: 'none' }).url, alice);
  t.equal(silent.searchParams.get('error'), 'login_required');
  t.equal(silent.searchParams.has('iss'), false);
});

t.test('scopes of the request', async (t) => {
  const { tenant, client } = await strictTenant(t);
  allowStrict(tenant.state);
  const scopeOf = async (more: Record<string, string>) =>
    (await obtain(tenant, client, more)).body['scope'];
  t.equal(await scopeOf({ scope: '' }), 'events:read events:write', 'none asked: all of the API');
  t.equal(await scopeOf({ scope: 'events:write no:such' }), 'events:write');
  t.equal(await scopeOf({ scope: 'no:such' }), '', 'nothing is left, and that is no error');
  t.equal(await scopeOf({ scope: 'events:read', prompt: 'login' }), 'events:read');
  t.equal(await scopeOf({ scope: 'openid events:read', nonce: 'n' }), 'events:read');
  allowStrict(tenant.state, ['events:read']);
  t.equal(await scopeOf({ scope: '' }), 'events:read', 'capped by the client grant');
});
