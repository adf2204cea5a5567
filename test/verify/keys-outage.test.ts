import t from 'tap';
import { openKeySet } from '../fixtures/key-set.ts';
import { makeKey } from '../fixtures/keys.ts';
import { refused } from '../fixtures/refused.ts';

const key = await makeKey('key-1');
const two = await makeKey('key-2');
const day = 86_400;

t.test('an outage at the start: 503 with retry-after, and it heals by itself', async (t) => {
  const { keys, server, failed } = await openKeySet(t, [key]);
  server.answer(0);
  const down = failed();
  keys.start();
  await t.rejects(keys.find('key-1'), {
    code: 'keys_unavailable',
    status: 503,
    detail: { retryAfter: 5 },
  });
  await down;
  t.equal(server.fetches(), 1, 'the call shared the fetch of the start');
  t.equal(keys.ready(), false);
  t.equal(keys.stale(), true);
  t.equal(keys.believedUntil(), 0);
  t.equal(keys.ageSeconds(), undefined);

  server.publish(key);
  await server.fetched();
  t.equal(await refused(keys.find('key-1')), 'believed');
  t.equal(server.fetches(), 2, 'nobody had to ask for the second one');
  t.equal(keys.ready(), true);
  t.equal(keys.stale(), false);
});

t.test('stopped, it does not try again', async (t) => {
  const before = await openKeySet(t, [key]);
  const after = await openKeySet(t, [key]);
  const going = await openKeySet(t, [key]);
  for (const { server } of [before, after, going]) server.answer(0);

  const duringFetch = before.failed();
  before.keys.start();
  before.keys.stop();
  await duringFetch;
  const beforeRetry = after.failed();
  after.keys.start();
  await beforeRetry;
  await after.server.settled();
  after.keys.stop();

  going.keys.start();
  await going.server.fetched();
  await going.server.fetched();
  await Promise.all([before.server.settled(), after.server.settled()]);
  t.equal(before.server.fetches(), 1, 'stopped during the fetch');
  t.equal(after.server.fetches(), 1, 'stopped before the next one');
});

t.test('known keys are believed through an outage, up to their greatest age', async (t) => {
  let healed = 0;
  const onHealed = () => {
    healed += 1;
  };
  const { keys, server, pass, errors, failed } = await openKeySet(t, [key], { onHealed });
  await keys.find('key-1');
  const until = keys.believedUntil();
  t.equal(until, 1_800_000_000 + day);
  t.equal(keys.stale(), false);
  server.answer(500);
  pass(day);
  const first = failed();
  t.equal(await refused(keys.find('key-1')), 'believed');
  await first;
  t.match(errors, [{ message: 'the key server answered 500' }]);
  t.equal(keys.ready(), true);
  t.equal(keys.stale(), true);
  t.equal(keys.ageSeconds(), day);
  t.equal(keys.believedUntil(), until, 'a failed read does not make them younger');

  pass(0.001);
  t.equal(keys.ready(), false);
  t.equal(await refused(keys.find('key-1')), 'keys_unavailable');
  t.equal(healed, 0);
  server.publish(key);
  t.equal(await refused(keys.find('key-1')), 'believed');
  t.equal(keys.ageSeconds(), 0);
  t.equal(keys.stale(), false);
  t.equal(keys.ready(), true);
  t.equal(healed, 1);
});

t.test('beyond their age an outage costs the tenant no more than a flood', async (t) => {
  const { keys, server, pass } = await openKeySet(t, [key]);
  await keys.find('key-1');
  server.answer(500);
  pass(day + 1);
  for (let i = 0; i < 20; i += 1) {
    t.equal(await refused(keys.find('key-1')), 'keys_unavailable');
  }
  t.equal(server.fetches(), 1 + 3);
});

t.test('a refresh that failed rests ten seconds: the keys at hand are good', async (t) => {
  const { keys, server, pass, failed } = await openKeySet(t, [key]);
  await keys.find('key-1');
  server.answer(500);
  pass(601);
  const first = failed();
  await keys.find('key-1');
  await first;
  await keys.find('key-1');
  await server.settled();
  t.equal(server.fetches(), 2);
  pass(10);
  await keys.find('key-1');
  await server.settled();
  t.equal(server.fetches(), 2);
  pass(0.001);
  const second = failed();
  await keys.find('key-1');
  await second;
  t.equal(server.fetches(), 3);
});

t.test('an unknown key during an outage may be a new one: never a 401', async (t) => {
  const { keys, server } = await openKeySet(t, [key]);
  await keys.find('key-1');
  server.answer(503);
  for (let i = 0; i < 10; i += 1) {
    t.equal(await refused(keys.find('key-2')), 'keys_unavailable');
  }
  t.equal(await refused(keys.find('key-1')), 'believed');
  server.publish(key, two);
  t.equal(await refused(keys.find('key-2')), 'keys_unavailable', 'the bucket is empty');
});

t.test('after the outage an unknown key is unknown again', async (t) => {
  const { keys, server, pass } = await openKeySet(t, [key]);
  server.answer(0);
  t.equal(await refused(keys.find('key-2')), 'keys_unavailable');
  server.publish(key);
  t.equal(await refused(keys.find('key-2')), 'unknown_key');
  t.equal(await refused(keys.find('key-2')), 'unknown_key');
  t.equal(await refused(keys.find('key-2')), 'unknown_key', 'with an empty bucket too');
  pass(1);
  t.equal(await refused(keys.find('key-1')), 'believed');
});

t.test('a key server that never answers is an outage', async (t) => {
  const { keys, server, errors } = await openKeySet(t, [key], { timeoutMs: 50 });
  const release = server.hold();
  t.equal(await refused(keys.find('key-1')), 'keys_unavailable');
  t.match(errors, [{ name: 'TimeoutError' }]);
  release();
});
