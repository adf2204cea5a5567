import t from 'tap';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';

const jwks = '/.well-known/jwks.json';

t.test('live at once, ready once the keys were read, and for good', async (t) => {
  const { issuer, send, call } = await setStage(t, {
    prepare: ({ documents }) => documents.delete(jwks),
  });
  const live = await send('/health/live');
  t.match(live, { status: 200, headers: { 'cache-control': 'no-store' } });
  t.same(parsed(live), { status: 'live' });
  const unready = await send('/health/ready');
  t.match(unready, { status: 503, headers: { 'retry-after': '1', 'cache-control': 'no-store' } });
  t.same(parsed(unready), { status: 'not_ready', missing: ['keys'] });
  t.equal((await call('listEvents')).status, 503, 'an outage is no 401');

  issuer.documents.set(jwks, issuer.jwks);
  while ((await send('/health/ready')).status !== 200) await new Promise(setImmediate);
  const ready = parsed(await send('/health/ready'));
  t.strictSame({ ...ready, keys_age_seconds: 0 }, { status: 'ready', keys_age_seconds: 0 });
  t.equal((await call('listEvents')).status, 200);
  issuer.documents.delete(jwks);
  t.equal((await send('/health/ready')).status, 200, 'keys at hand are enough');
});
