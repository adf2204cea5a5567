import { once } from 'node:events';
import t from 'tap';
import { connect, redirect } from '../examples/tenant/connect.ts';
import { startWorld } from '../world.ts';

t.test('the day a client was last used can be read on the client itself', async (t) => {
  const { tenant, gateway } = await startWorld(t);
  const { state } = tenant;
  const registered = await fetch(`${tenant.origin}/oidc/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [redirect], token_endpoint_auth_method: 'none' }),
  });
  const { client_id: id } = (await registered.json()) as { client_id: string };
  await tenant.delivered();
  const metadata = () => state.clients.get(id)?.client_metadata ?? {};
  t.equal(metadata()['gateway_recipe'], 'third-party');
  t.equal(metadata()['gateway_last_used'], undefined);

  const { access_token: token } = await connect(tenant, id, `${gateway.url}/mcp`);
  const written = once(state.events, 'log');
  for (let call = 0; call < 3; call += 1) {
    const answer = await fetch(`${gateway.url}/auth/me`, {
      headers: { authorization: `Bearer ${token}` },
    });
    t.equal(answer.status, 200);
  }
  const [record] = await written;
  t.equal(record.description, 'Update a client');
  t.equal(metadata()['gateway_last_used'], new Date().toISOString().slice(0, 10));
});
