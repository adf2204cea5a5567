import t, { type Test } from 'tap';
import { stopClocks } from '../fixtures/clocks.ts';
import { nowSeconds } from '../issuer.ts';
import { bearer, parsed } from '../send.ts';
import { setStage } from '../stage.ts';

const jwks = '/.well-known/jwks.json';

/** Stops the clocks; returns what moves them on. */
function startClock(t: Test): (seconds: number) => void {
  const pass = stopClocks(t);
  return (seconds) => pass(seconds * 1000);
}

t.test('an outage shows: ready with stale keys, not ready once they are too old', async (t) => {
  const pass = startClock(t);
  const METRICS_TOKEN = 'metrics-token-of-the-tests';
  const { issuer, send, call, gateway } = await setStage(t, {
    env: { METRICS_TOKEN, KEYS_MAX_STALE: '3600', TOKEN_CACHE_SECONDS: '86400' },
  });
  const staleness = async () => {
    const { text } = await send('/metrics', { headers: bearer(METRICS_TOKEN) });
    return /^gateway_keys_stale (.*)$/m.exec(text)?.[1];
  };
  const token = await issuer.token({ exp: nowSeconds() + 86_400 });
  const later = await issuer.token({ exp: nowSeconds() + 86_400, jti: 'later' });
  t.equal((await call('listEvents', {}, { headers: bearer(token) })).status, 200);
  t.equal(await staleness(), '0');
  issuer.down = true;
  pass(3500);
  t.equal((await call('listEvents', {}, { headers: bearer(later) })).status, 200, 'a known key');
  while (parsed(await send('/health/ready'))['stale'] !== true) await new Promise(setImmediate);
  t.match(parsed(await send('/health/ready')), { status: 'ready', keys_age_seconds: '3500' });
  t.equal(await staleness(), '1');
  const message = "the tenant's keys could not be read";
  const told = { level: 'warn', message, keys_age_seconds: Number, err: { message: String } };
  t.match(
    gateway.lines.find(({ level }) => level === 'warn'),
    told,
  );

  pass(200);
  const ready = await send('/health/ready');
  t.equal(ready.status, 503);
  t.match(parsed(ready), { status: 'not_ready', missing: ['keys'], stale: true });
  for (const known of [token, later]) {
    const got = await call('listEvents', {}, { headers: bearer(known) });
    t.equal(got.status, 503, 'cached tokens do not outlive the keys');
    t.equal(got.headers['retry-after'], '5');
  }

  issuer.down = false;
  t.equal((await call('listEvents', {}, { headers: bearer(token) })).status, 200);
  t.strictSame(parsed(await send('/health/ready')), { status: 'ready', keys_age_seconds: 0 });
  t.ok(gateway.lines.some(({ message: text }) => text === "the tenant's keys are read again"));
});

t.test('live at once, ready once the keys were read, and for good', async (t) => {
  const { issuer, send, call } = await setStage(t, {
    prepare: ({ documents }) => documents.delete(jwks),
  });
  const live = await send('/health/live');
  t.match(live, { status: 200, headers: { 'cache-control': 'no-store' } });
  t.same(parsed(live), { status: 'live' });
  const unready = await send('/health/ready');
  t.match(unready, { status: 503, headers: { 'retry-after': '1', 'cache-control': 'no-store' } });
  t.same(parsed(unready), { status: 'not_ready', missing: ['keys'], stale: true });
  t.equal((await call('listEvents')).status, 503, 'an outage is no 401');

  issuer.documents.set(jwks, issuer.jwks);
  while ((await send('/health/ready')).status !== 200) await new Promise(setImmediate);
  const ready = parsed(await send('/health/ready'));
  t.strictSame({ ...ready, keys_age_seconds: 0 }, { status: 'ready', keys_age_seconds: 0 });
  t.equal((await call('listEvents')).status, 200);
  issuer.documents.delete(jwks);
  t.equal((await send('/health/ready')).status, 200, 'keys at hand are enough');
});
