import t from 'tap';
import { logIn } from '../../../../examples/tenant/oauth/login.ts';
import type { Client } from '../../../../examples/tenant/state.ts';
import {
  alice,
  allowStrict,
  exchange,
  obtain,
  preparedState,
  promote,
  registerClient,
  request,
  type Served,
  serve,
} from './tenant.ts';

const ready = async (t: Parameters<typeof serve>[0]) => {
  const tenant = await serve(t, preparedState('strict'));
  allowStrict(tenant.state);
  return { tenant, client: await registerClient(tenant) };
};

const refresh = (tenant: Served, client: Client, token: unknown, more = {}) =>
  exchange(tenant, client, {
    grant_type: 'refresh_token',
    refresh_token: String(token),
    ...more,
  });

const lastLog = (tenant: Served) => tenant.state.logs.at(-1);

t.test('iss in the response, when the tenant says so', async (t) => {
  const { tenant, client } = await ready(t);
  const { url } = request(tenant, client);
  const back = await logIn(url, alice);
  t.same([...back.searchParams.keys()].sort(), ['code', 'iss', 'state']);
  t.equal(back.searchParams.get('iss'), tenant.issuer);
  tenant.state.settings.authorization_response_iss_parameter_supported = false;
  t.same([...(await logIn(url, alice)).searchParams.keys()].sort(), ['code', 'state']);
});

t.test('a code is good once, for its verifier, redirect URI and client', async (t) => {
  const { tenant, client } = await ready(t);
  const other = await registerClient(tenant);
  const { url, verifier } = request(tenant, client);
  const code = String((await logIn(url, alice)).searchParams.get('code'));
  const good = { code, code_verifier: verifier };
  const refused = { status: 400, body: { error: 'invalid_grant' } };

  t.match(await exchange(tenant, client, { ...good, code_verifier: 'x'.repeat(43) }), refused);
  t.match(lastLog(tenant), { type: 'feacft', client_id: client.client_id, client_name: 'ChatGPT' });
  t.match(await exchange(tenant, client, { code }), refused);
  t.match(await exchange(tenant, other, good), refused);
  t.match(await exchange(tenant, client, { ...good, redirect_uri: 'https://x.test/' }), refused);
  const first = await exchange(tenant, client, good);
  t.equal(first.status, 200);
  t.match(lastLog(tenant), { type: 'seacft', client_id: client.client_id, ip: '127.0.0.1' });
  t.match(await exchange(tenant, client, good), refused);
  const after = await refresh(tenant, client, first.body['refresh_token']);
  t.match(after, refused, 'a code used twice revokes what came of it');
});

t.test('refresh tokens rotate, and one used twice ends its family', async (t) => {
  const { tenant, client } = await ready(t);
  const { body } = await obtain(tenant, client);
  const second = await refresh(tenant, client, body['refresh_token']);
  t.equal(second.status, 200);
  t.match(lastLog(tenant), { type: 'sertft' });
  t.not(second.body['refresh_token'], body['refresh_token']);
  t.equal(second.body['scope'], 'events:read offline_access');
  const narrow = await refresh(tenant, client, second.body['refresh_token'], {
    scope: 'offline_access',
  });
  t.equal(narrow.body['scope'], 'offline_access');

  const reused = await refresh(tenant, client, body['refresh_token']);
  t.match(reused, { status: 400, body: { error: 'invalid_grant' } });
  t.match(lastLog(tenant), { type: 'fertft' });
  const family = await refresh(tenant, client, narrow.body['refresh_token']);
  t.match(family.body, { error: 'invalid_grant' });
});

t.test('what was taken away is missing at the next refresh', async (t) => {
  const { tenant, client } = await ready(t);
  const { body } = await obtain(tenant, client, {
    scope: 'events:read events:write offline_access',
  });
  allowStrict(tenant.state, ['events:read']);
  const less = await refresh(tenant, client, body['refresh_token']);
  t.equal(less.body['scope'], 'events:read offline_access');
  tenant.state.clientGrants.clear();
  const none = await refresh(tenant, client, less.body['refresh_token']);
  t.match(none, { status: 400, body: { error: 'unauthorized_client' } });
  tenant.state.apis.clear();
  t.match((await obtain(tenant, client, { resource: '' })).status, 200);
  const gone = await refresh(tenant, client, none.body['refresh_token'] ?? 'unknown');
  t.match(gone.body, { error: 'invalid_grant' });
});

t.test('revocation ends a refresh token, for its own client only', async (t) => {
  const { tenant, client } = await ready(t);
  const other = await registerClient(tenant);
  const { body } = await obtain(tenant, client);
  const token = String(body['refresh_token']);
  const by = ({ client_id }: Client) => tenant.post('/oauth/revoke', { client_id, token });
  t.equal((await by(other)).status, 200);
  const next = await refresh(tenant, client, token);
  t.equal(next.status, 200, 'a stranger revokes nothing');
  const last = String(next.body['refresh_token']);
  await tenant.postJson('/oauth/revoke', { client_id: client.client_id, token: last });
  t.match((await refresh(tenant, client, last)).body, { error: 'invalid_grant' });
});

t.test('client authentication', async (t) => {
  const tenant = await serve(t, preparedState('permissive'));
  const client = await registerClient(tenant, {
    token_endpoint_auth_method: 'client_secret_basic',
  });
  promote(tenant.state, client);
  const { url } = request(tenant, client, { code_challenge: '', code_challenge_method: '' });
  const code = String((await logIn(url, alice)).searchParams.get('code'));
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.callbacks[0] ?? '',
  };
  const basic = (secret: string) => ({
    authorization: `Basic ${Buffer.from(`${client.client_id}:${secret}`).toString('base64')}`,
  });
  const wrong = await tenant.post('/oauth/token', fields, basic('wrong'));
  t.match(wrong, { status: 401, body: { error: 'invalid_client' } });
  const none = await exchange(tenant, client, { code });
  t.match(none, { status: 401, body: { error: 'invalid_client' } });
  const right = await tenant.post('/oauth/token', fields, basic(String(client.client_secret)));
  t.equal(right.status, 200, 'a confidential client needs no PKCE here');
  t.equal(lastLog(tenant)?.client_id, client.client_id);

  tenant.state.clients.delete(client.client_id);
  const deleted = await exchange(tenant, client, { code });
  t.match(deleted, { status: 401, body: { error: 'invalid_client' } });
  t.match(lastLog(tenant), { type: 'feacft', client_id: client.client_id, client_name: '' });
});

t.test('other grants do not exist', async (t) => {
  const { tenant, client } = await ready(t);
  const logged = tenant.state.logs.length;
  const { body } = await exchange(tenant, client, { grant_type: 'password' });
  t.equal(body['error'], 'unsupported_grant_type');
  t.equal(tenant.state.logs.length, logged);
});
