import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import t from 'tap';
import { kinds } from '../official-clients/clients.ts';
import { aliceId, setOut } from '../official-clients/set-out.ts';

/** Milliseconds by which a timer may be early. */
const timerError = 5;

// The one clock that can be waited for here is the real one: all wait together.
t.jobs = kinds.length;

for (const kind of kinds.filter(({ refreshes }) => refreshes))
  t.test(
    `${kind.name} refreshes an expired token: nobody logs in`,
    { buffered: true },
    async (t) => {
      const env = { CLOCK_TOLERANCE: '0' };
      const { client, wire, tenant, gateway, host, logIn, relay } = await setOut(t, kind, { env });
      const audience = gateway.config.OAUTH_AUDIENCE;
      const lifetime = (token_lifetime: number) => {
        Object.assign(Object(tenant.state.apis.get(audience)), { token_lifetime });
      };
      await client.connect();
      await t.rejects(client.call('listEvents'), { message: 'Unauthorized' });
      lifetime(1);
      await logIn();
      const old = String(host.kept.tokens?.access_token);
      lifetime(3600);
      await sleep(Math.max(0, Number(decodeJwt(old).exp) * 1000 - Date.now()) + timerError);
      t.match(await client.call('listEvents'), { structuredContent: { events: [{}, {}, {}] } });

      const expired = wire.to('/mcp').findLast(({ status }) => status === 401);
      t.match(expired, { challenge: /error="invalid_token"/ });
      t.equal(expired?.headers.get('authorization'), `Bearer ${old}`);
      const refresh = new URLSearchParams(wire.to('/oauth/token').at(-1)?.body);
      t.match(Object.fromEntries(refresh), { grant_type: 'refresh_token', resource: audience });
      const fresh = String(host.kept.tokens?.access_token);
      t.match(decodeJwt(fresh), { sub: aliceId, aud: audience, scope: /^events:read\b/ });
      t.equal(wire.to('/mcp').at(-1)?.headers.get('authorization'), `Bearer ${fresh}`);
      t.equal(host.asked.length, 1, 'the login page was shown once');
      t.match(
        relay.passed.map(({ headers }) => headers['x-user-id']),
        [aliceId],
      );
    },
  );
