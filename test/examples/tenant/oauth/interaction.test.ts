import t from 'tap';
import { logIn } from '../../../../examples/tenant/oauth/login.ts';
import {
  alice,
  allowStrict,
  bob,
  preparedState,
  promote,
  registerClient,
  request,
  type Served,
  serve,
} from './tenant.ts';

/** A browser: one cookie jar for several requests. Follows redirects inside the tenant. */
function browser(tenant: Served) {
  const jar = new Map<string, string>();
  const go = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(new URL(url, tenant.origin), {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const to = response.headers.get('location');
    if (to !== null && new URL(to, tenant.origin).origin === tenant.origin) return go(to);
    Object.defineProperty(response, 'url', { value: to ?? new URL(url, tenant.origin).href });
    return response;
  };
  return go;
}

t.test('login and consent, page by page', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const client = await registerClient(tenant);
  allowStrict(tenant.state);
  const go = browser(tenant);
  const { url } = request(tenant, client);

  const login = await go(url);
  t.match(login.url, '/u/login/');
  t.match(await login.text(), /ChatGPT.*google-oauth2/s);
  const wrong = await go(login.url, { username: alice.username, password: 'wrong' });
  t.equal(wrong.status, 401);
  t.match(await wrong.text(), 'Wrong email or password.');
  t.match(tenant.state.logs.at(-1), { type: 'f', client_id: client.client_id });

  const consent = await go(login.url, { ...alice });
  t.match(tenant.state.logs.at(-1), {
    type: 's',
    user_id: 'auth0|alice',
    user_name: alice.username,
  });
  t.match(consent.url, '/u/consent/');
  const page = await consent.text();
  t.match(page, /chatgpt\.com.*events:read.*offline_access/s);
  t.notMatch(page, '<code>_</code>');
  const done = await go(consent.url, { action: 'accept' });
  t.match(done.url, /^https:\/\/chatgpt\.com\/.*code=/);

  const again = await go(url);
  t.match(again.url, '/u/consent/', 'logged in, but a strict client asks every time');
  tenant.state.clients.delete(client.client_id);
  t.equal((await go(again.url)).status, 400, 'the client is gone');
});

t.test(
  'the consent of a permissive third party is remembered for what was agreed to',
  async (t) => {
    const tenant = await serve(t, preparedState('permissive'));
    const client = await registerClient(tenant);
    promote(tenant.state, client);
    client.is_first_party = false;
    const go = browser(tenant);
    const login = await go(request(tenant, client).url);
    const consent = await go(login.url, { ...alice });
    t.match(consent.url, '/u/consent/');
    await go(consent.url, { action: 'accept' });
    t.match((await go(request(tenant, client).url)).url, /^https:\/\/chatgpt\.com\/.*code=/);
    const more = await go(request(tenant, client, { scope: 'events:write' }).url);
    t.match(more.url, '/u/consent/');

    client.is_first_party = true;
    const silent = request(tenant, client, { scope: 'events:write', prompt: 'none' });
    t.match((await go(silent.url)).url, /^https:\/\/chatgpt\.com\/.*code=/, 'first party: skipped');
    const login2 = request(tenant, client, { prompt: 'login' });
    t.match((await go(login2.url)).url, '/u/login/');
  },
);

t.test('another person may log in with the same browser', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const client = await registerClient(tenant);
  allowStrict(tenant.state);
  const go = browser(tenant);
  const first = await go(request(tenant, client).url);
  await go(first.url, { ...alice });
  const second = await go(request(tenant, client, { prompt: 'login' }).url);
  const page = await (await go(second.url, { ...bob })).text();
  // oidc-provider ends the session of the one before by a form that submits itself.
  const [, action = ''] = /action="([^"]+)"/.exec(page) ?? [];
  const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(page) ?? [];
  const consent = await go(action, { xsrf, logout: 'yes' });
  t.match(consent.url, '/u/consent/');
  t.match((await go(consent.url, { action: 'accept' })).url, /code=/);
});

t.test('declining', async (t) => {
  const strict = await serve(t, preparedState('strict'));
  allowStrict(strict.state);
  const stays = request(strict, await registerClient(strict));
  await t.rejects(logIn(stays.url, alice, { consent: false }), {
    name: 'LoginStopped',
    status: 400,
    error: 'access_denied',
    description: 'User did not authorize the request',
  });

  const permissive = await serve(t, preparedState('permissive'));
  const client = await registerClient(permissive);
  promote(permissive.state, client);
  client.is_first_party = false;
  const { url } = request(permissive, client);
  const back = await logIn(url, bob, { consent: false });
  t.equal(back.searchParams.get('error'), 'access_denied');
});

t.test('a page nobody was sent to', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const response = await fetch(`${tenant.origin}/u/login/abc`);
  t.equal(response.status, 400);
  t.match(await response.text(), /invalid_request.*expired/s);
});
