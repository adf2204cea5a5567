import { decodeJwt } from 'jose';
import t, { type Test } from 'tap';
import type { SecurityMode } from '../../examples/tenant/state.ts';
import { type Kind, kinds } from '../official-clients/clients.ts';
import { aliceId, type SetOut, setOut } from '../official-clients/set-out.ts';

const event = { title: 'Met by an official client', start: '2030-01-01T10:00:00Z' };

const modes = ['strict', 'permissive'] satisfies SecurityMode[];

for (const kind of kinds)
  for (const mode of modes)
    t.test(`${kind.name} through a ${mode} tenant`, async (t) => {
      const met = await setOut(t, kind, { mode });
      await challenged(t, met);
      await registered(t, met, mode);
      await loggedIn(t, met);
      await called(t, met, kind);
      await steppedUp(t, met);
      await neverPassedOn(t, met);
    });

const challenged = (t: Test, { client, wire }: SetOut) =>
  t.test(
    'it connects and lists without a token, and is challenged where one is needed',
    async (t) => {
      await client.connect();
      t.same(await client.tools(), ['listEvents', 'addEvent', 'findEvents', 'searchVenues']);
      t.notOk(wire.exchanges.some(({ status }) => status === 401));
      await t.rejects(client.call('listEvents'), { message: 'Unauthorized' });
      const [refused] = wire.to('/mcp').filter(({ status }) => status === 401);
      t.match(refused, { challenge: /^Bearer resource_metadata="[^"]+", scope="events:read"$/ });
    },
  );

const registered = (t: Test, met: SetOut, mode: SecurityMode) =>
  t.test('it finds the tenant, registers itself, and the log stream has it promoted', async (t) => {
    const { wire, tenant, host } = met;
    const [metadata] = wire.to('/.well-known/oauth-protected-resource/mcp');
    t.match(metadata, { status: 200 });
    const [server] = wire.to('/.well-known/oauth-authorization-server');
    t.match(server, { status: 200, url: { origin: tenant.origin } });
    const [registration] = wire.to('/oidc/register');
    t.match(registration, { status: 201, method: 'POST' });
    await tenant.delivered();
    const id = String(host.kept.client?.client_id);
    const grants = [...tenant.state.clientGrants.values()].filter((one) => one.client_id === id);
    t.equal(tenant.state.clients.get(id)?.is_first_party, mode === 'permissive');
    t.equal(grants.length, mode === 'strict' ? 1 : 0);
  });

const loggedIn = (t: Test, met: SetOut) =>
  t.test(
    'a person logs in, and the token is hers, for this gateway and for one scope',
    async (t) => {
      const { host, wire, gateway, tenant } = met;
      const asked = host.last().searchParams;
      t.equal(asked.get('resource'), gateway.config.OAUTH_AUDIENCE);
      t.match(asked.get('scope'), /^events:read( offline_access)?$/);
      t.equal(asked.get('code_challenge_method'), 'S256');
      await met.logIn();
      const [redeemed] = wire.to('/oauth/token');
      t.equal(new URLSearchParams(redeemed?.body).get('resource'), gateway.config.OAUTH_AUDIENCE);
      const claims = decodeJwt(String(host.kept.tokens?.access_token));
      t.match(claims, { iss: tenant.issuer, sub: aliceId, aud: gateway.config.OAUTH_AUDIENCE });
      t.match(claims['scope'], /^events:read( offline_access)?$/);
    },
  );

const called = (t: Test, { client, relay, wire }: SetOut, { speaks }: Kind) =>
  t.test(`her tool answers with what is hers, in ${speaks}`, async (t) => {
    const { tools, call } = client;
    t.same(await tools(), ['listEvents', 'addEvent', 'findEvents', 'searchVenues']);
    t.match(await call('listEvents'), { structuredContent: { events: [{ id: 'evt_2' }, {}, {}] } });
    t.match(relay.passed, [{ headers: { 'x-user-id': aliceId, 'x-tool-name': 'listEvents' } }]);
    t.equal(relay.passed.length, 1);
    t.equal(wire.to('/mcp').at(-1)?.headers.get('mcp-protocol-version'), speaks);
  });

const steppedUp = (t: Test, met: SetOut) =>
  t.test('a tool of another scope makes it ask for the union, and then both answer', async (t) => {
    const { client, wire, host, relay } = met;
    await t.rejects(client.call('addEvent', event), { message: 'Unauthorized' });
    const [refused] = wire.to('/mcp').filter(({ status }) => status === 403);
    t.match(refused?.challenge, /error="insufficient_scope".*scope="events:write events:read"$/);
    t.equal(relay.passed.length, 1, 'the backend hears nothing of it');
    t.equal(host.asked.length, 2);
    const wanted = host.last().searchParams.get('scope')?.split(' ') ?? [];
    t.match(new Set(wanted), new Set(['events:read', 'events:write']));
    await met.logIn();
    t.match(await client.call('addEvent', event), { structuredContent: { event } });
    t.match(JSON.stringify(await client.call('listEvents')), event.title);
    t.equal(host.asked.length, 2, 'nobody logs in a third time');
    t.equal(wire.to('/oidc/register').length, 1);
  });

const neverPassedOn = (t: Test, { wire, relay, host }: SetOut) =>
  t.test('the backend got her name with each call, and never a token', async (t) => {
    t.same(
      relay.passed.map(({ headers }) => headers['x-user-id']),
      [aliceId, aliceId, aliceId],
    );
    const sent = wire.to('/mcp').map(({ headers }) => headers.get('authorization'));
    const tokens = [...new Set(sent)].flatMap((value) => value?.replace('Bearer ', '') ?? []);
    t.equal(tokens.length, 2, 'one of each login');
    const all = JSON.stringify(relay.passed);
    for (const secret of [...tokens, host.kept.tokens?.refresh_token ?? tokens[0]])
      t.notOk(all.includes(String(secret)));
    for (const { headers } of relay.passed) t.notOk('authorization' in headers);
  });
