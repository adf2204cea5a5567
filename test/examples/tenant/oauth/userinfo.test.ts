import t from 'tap';
import {
  allowStrict,
  obtain,
  preparedState,
  promote,
  registerClient,
  type Served,
  serve,
} from './tenant.ts';

async function ask(tenant: Served, token: unknown, method = 'GET') {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${tenant.origin}/userinfo`, { method, headers });
  return { status: response.status, body: await response.json() };
}

t.test('tells what the scopes say', async (t) => {
  const tenant = await serve(t, preparedState('permissive'));
  const client = await registerClient(tenant);
  promote(tenant.state, client);
  const token = async (scope: string, resource?: string) => {
    const more = resource === undefined ? { scope } : { scope, resource };
    return (await obtain(tenant, client, more)).body['access_token'];
  };
  t.same(await ask(tenant, await token('openid', '')), {
    status: 200,
    body: { sub: 'auth0|alice' },
  });
  const all = await token('openid profile email events:read');
  t.same(await ask(tenant, all, 'POST'), {
    status: 200,
    body: {
      sub: 'auth0|alice',
      name: 'alice',
      nickname: 'alice',
      email: 'alice@example.com',
      email_verified: true,
    },
  });
  t.equal((await ask(tenant, await token('events:read'))).status, 401, 'without openid');
  t.equal((await ask(tenant, await token('email', ''))).status, 401, 'without openid, encrypted');
});

t.test('tells strict clients and strangers nothing', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const client = await registerClient(tenant);
  allowStrict(tenant.state);
  for (const more of [{ scope: 'openid events:read' }, { scope: 'openid', resource: '' }]) {
    const { body } = await obtain(tenant, client, more);
    const answer = await ask(tenant, body['access_token']);
    t.same(answer, { status: 401, body: { error: 'invalid_token' } });
  }
  t.equal((await ask(tenant, 'a.b.c')).status, 401);
  t.equal((await ask(tenant, 'a.b.c.d.e')).status, 401);
  const bare = await fetch(`${tenant.origin}/userinfo`);
  t.equal(bare.status, 401);
  t.match(bare.headers.get('www-authenticate'), 'Bearer');
});
