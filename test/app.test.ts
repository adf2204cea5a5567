import t from 'tap';
import { parsed } from './send.ts';
import { setStage } from './stage.ts';
import { startWorld } from './world.ts';

t.test('the gateway stands up between the pretend tenant and the sample backend', async (t) => {
  const { gateway, tenant } = await startWorld(t);
  const metadata = await fetch(`${gateway.url}/.well-known/oauth-protected-resource/mcp`);
  t.match(await metadata.json(), { authorization_servers: [tenant.issuer] });
  const mirrored = await fetch(`${gateway.url}/.well-known/openid-configuration`);
  t.match(await mirrored.json(), { issuer: tenant.issuer });
});

t.test('keys that change empty the cache of believed tokens', async (t) => {
  const { issuer, call, gateway } = await setStage(t);
  t.equal((await call('listEvents')).status, 200);
  t.equal((await call('listEvents')).status, 200);
  t.equal(issuer.asked.length, 1);
  const headers = { authorization: `Bearer ${await issuer.token()}` };
  t.equal((await call('listEvents', {}, { headers })).status, 200);

  issuer.documents.set('/.well-known/jwks.json', { keys: [issuer.otherKey] });
  const unknown = { authorization: `Bearer ${await issuer.token({}, { kid: 'third' })}` };
  t.match(parsed(await call('listEvents', {}, { headers: unknown })), { reason: 'unknown_key' });
  const after = await call('listEvents', {}, { headers });
  t.match(parsed(after), { reason: 'unknown_key' }, 'the key it was signed with is withdrawn');
  t.same(
    gateway.lines.filter(({ level }) => level === 'warn'),
    [],
  );
});

t.test(
  'a tenant that is down is a warning in the log, once at the start and on retries',
  async (t) => {
    const { gateway } = await setStage(t, { prepare: (issuer) => issuer.documents.clear() });
    while (!gateway.lines.some(({ level }) => level === 'warn')) await new Promise(setImmediate);
    t.match(gateway.lines[0], {
      message: "the tenant's keys could not be read",
      err: { type: 'Error' },
    });
  },
);
