import t from 'tap';
import { logIn } from '../../../../examples/tenant/oauth/login.ts';
import {
  alice,
  allowStrict,
  exchange,
  preparedState,
  promote,
  registerClient,
  request,
  serve,
} from './tenant.ts';

t.test('browsers may use the token endpoint from the origins of the client', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const client = await registerClient(tenant);
  client.web_origins = ['https://app.test'];
  const allowed = async (origin: string) => {
    const response = await fetch(`${tenant.origin}/oauth/token`, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams({ client_id: client.client_id, grant_type: 'refresh_token' }),
    });
    await response.text();
    return response.headers.get('access-control-allow-origin');
  };
  t.equal(await allowed('https://app.test'), 'https://app.test');
  t.equal(await allowed('https://evil.test'), null);
});

t.test('a person who is gone gets no token', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const client = await registerClient(tenant);
  allowStrict(tenant.state);
  const { url, verifier } = request(tenant, client);
  const code = String((await logIn(url, alice)).searchParams.get('code'));
  tenant.state.people.clear();
  const { body } = await exchange(tenant, client, { code, code_verifier: verifier });
  t.equal(body['error'], 'invalid_grant');
});

t.test('a permissive client without a secret needs PKCE too', async (t) => {
  const tenant = await serve(t, preparedState('permissive'));
  const client = await registerClient(tenant);
  promote(tenant.state, client);
  const bare = { code_challenge: '', code_challenge_method: '' };
  const back = await logIn(request(tenant, client, bare).url, alice);
  t.equal(back.searchParams.get('error'), 'invalid_request');
});
