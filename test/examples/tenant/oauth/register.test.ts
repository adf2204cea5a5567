import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import t from 'tap';
import { preparedState, redirectUri, serve } from './tenant.ts';

const asked = { client_name: 'ChatGPT', redirect_uris: [redirectUri], scope: 'events:read' };

t.test('a strict tenant', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const { status, body } = await tenant.postJson('/oidc/register', {
    ...asked,
    token_endpoint_auth_method: 'none',
  });
  t.equal(status, 201);
  const id = String(body['client_id']);
  t.match(id, /^tpc_[A-Za-z0-9]{32}$/);
  t.same(body, {
    client_name: 'ChatGPT',
    client_id: id,
    redirect_uris: [redirectUri],
    client_secret_expires_at: 0,
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  });
  t.match(tenant.state.clients.get(id), {
    is_first_party: false,
    third_party_security_mode: 'strict',
    external_metadata_type: 'dcr',
    external_metadata_created_by: 'client',
    callbacks: [redirectUri],
  });
  t.notOk('scope' in (tenant.state.clients.get(id) ?? {}), 'scope is dropped');
});

t.test('a permissive tenant', async (t) => {
  const tenant = await serve(t, preparedState('permissive'));
  const { body } = await tenant.postJson('/oidc/register', { redirect_uris: [redirectUri] });
  const id = String(body['client_id']);
  t.match(id, /^[A-Za-z0-9]{32}$/);
  t.equal(body['client_name'], 'My App');
  t.equal(body['token_endpoint_auth_method'], 'client_secret_post', 'the default has a secret');
  t.equal(tenant.state.clients.get(id)?.client_secret, body['client_secret']);
  t.equal(tenant.state.clients.get(id)?.third_party_security_mode, 'permissive');
});

t.test('the log tells of success, without the secret and without a caller', async (t) => {
  const tenant = await serve(t, preparedState('permissive'));
  const { body } = await tenant.postJson('/oidc/register', asked);
  const { client_secret: _, ...shown } = body;
  t.match(tenant.state.logs, [
    {
      type: 'sapi',
      description: 'Dynamic client registration',
      client_id: '',
      ip: '127.0.0.1',
      user_agent: 'node',
    },
  ]);
  t.same(tenant.state.logs[0]?.details, {
    request: { method: 'post', path: '/oidc/register', body: asked },
    response: { statusCode: 201, body: shown },
  });
});

t.test('and of failure', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const { status, body } = await tenant.postJson('/oidc/register', { redirect_uris: [] });
  t.equal(status, 400);
  t.equal(body['error'], 'invalid_redirect_uri');
  t.match(tenant.state.logs[0]?.details?.response, { statusCode: 400, body });
  t.equal(tenant.state.clients.size, 0);

  const empty = httpRequest(`${tenant.origin}/oidc/register`, { method: 'POST' });
  empty.end('no JSON');
  const [answer] = await once(empty, 'response');
  answer.resume();
  t.equal(answer.statusCode, 400);
  t.equal(tenant.state.logs[1]?.user_agent, '', 'not every client says what it is');
});

t.test('while registration is off', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  tenant.state.settings.flags.enable_dynamic_client_registration = false;
  const { status, body } = await tenant.postJson('/oidc/register', asked);
  t.equal(status, 404);
  t.equal(body['error'], 'not_found');
  t.equal(tenant.state.clients.size, 0);
});
