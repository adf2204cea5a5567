import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { logIn } from '../../../../examples/tenant/oauth/login.ts';
import {
  alice,
  allowStrict,
  bob,
  preparedState,
  promote,
  registerClient,
  request,
  serve,
} from './tenant.ts';

async function listen(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test('never requests the redirect URI', async (t) => {
  let requests = 0;
  const home = await listen(t, (_req, res) => {
    requests += 1;
    res.end();
  });
  const tenant = await serve(t, preparedState('strict'));
  allowStrict(tenant.state);
  const redirect_uri = `${home}/callback`;
  const client = await registerClient(tenant, { redirect_uris: [redirect_uri] });
  const back = await logIn(request(tenant, client, { redirect_uri }).url, alice);
  t.equal(back.origin + back.pathname, redirect_uri);
  t.ok(back.searchParams.has('code'));
  t.equal(requests, 0);
});

t.test('nor one on the origin of the tenant', async (t) => {
  const tenant = await serve(t, preparedState('permissive'));
  const redirect_uri = `${tenant.origin}/callback`;
  const client = await registerClient(tenant, { redirect_uris: [redirect_uri] });
  promote(tenant.state, client);
  const back = await logIn(request(tenant, client, { redirect_uri }).url, bob);
  t.equal(back.pathname, '/callback');
});

t.test('nor one of a private scheme, which has no host', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  allowStrict(tenant.state);
  const redirect_uri = 'com.example.app:/callback';
  const client = await registerClient(tenant, { redirect_uris: [redirect_uri] });
  const back = await logIn(request(tenant, client, { redirect_uri }).url, alice);
  t.match(back.href, /^com\.example\.app:\/callback\?code=/);
});

t.test('says why it stopped', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  allowStrict(tenant.state);
  const { url } = request(tenant, await registerClient(tenant));
  await t.rejects(logIn(url, { username: alice.username, password: 'wrong' }), {
    name: 'LoginStopped',
    message: 'the tenant answered 401 invalid_user_password: Wrong email or password.',
    status: 401,
    error: 'invalid_user_password',
    page: /<form/,
  });
});

t.test('a server that is no tenant', async (t) => {
  const origin = await listen(t, (req, res) => {
    if (req.url === '/loop') res.writeHead(302, { location: '/loop' }).end();
    else res.end('<p>hello</p>');
  });
  await t.rejects(logIn(`${origin}/page`, alice), { message: 'the tenant answered 200 unknown: ' });
  await t.rejects(logIn(`${origin}/loop`, alice), { message: /no end after 15 steps/ });
});

t.test('fills in any form, with its hidden fields and its own action', async (t) => {
  const seen: string[] = [];
  const origin = await listen(t, (req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      seen.push(`${req.method} ${req.url} ${body}`);
      if (req.method === 'POST') {
        res.writeHead(303, { location: 'https://client.test/?code=1' }).end();
        return;
      }
      res.setHeader('set-cookie', ['a=1; Path=/', 'a=; Path=/', 'b=2']);
      res.end(
        '<form method="post" action="/go?x=1&amp;y=2"><input type="hidden" name="state" value="s">' +
          '<input name="username"><input name="password"><input type="submit"></form>',
      );
    });
  });
  const back = await logIn(`${origin}/start`, { username: 'u', password: 'p' });
  t.equal(back.href, 'https://client.test/?code=1');
  t.same(seen, ['GET /start ', 'POST /go?x=1&y=2 state=s&username=u&password=p']);
});
