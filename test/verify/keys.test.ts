import t from 'tap';
import { openKeySet } from '../fixtures/key-set.ts';
import { makeKey } from '../fixtures/keys.ts';
import { refused } from '../fixtures/refused.ts';

const one = await makeKey('key-1');
const two = await makeKey('key-2');

t.test('who waits at the same time shares one fetch', async (t) => {
  const { keys, server } = await openKeySet(t, [one]);
  t.equal(keys.ready(), false);
  t.equal(keys.ageSeconds(), undefined);
  const found = await Promise.all(Array.from({ length: 50 }, () => keys.find('key-1')));
  t.equal(new Set(found).size, 1);
  t.equal(server.fetches(), 1);
  t.equal(keys.ready(), true);
  t.equal(keys.ageSeconds(), 0);
});

t.test('started, it has the keys before anybody asks', async (t) => {
  const { keys, server } = await openKeySet(t, [one]);
  keys.start();
  await keys.find('key-1');
  await keys.find('key-1');
  t.equal(server.fetches(), 1);
});

t.test('they are read again and again, whether anybody asks or not', async (t) => {
  const { keys, server } = await openKeySet(t, [one], { refreshMs: 5 });
  keys.start();
  for (let i = 0; i < 3; i += 1) await server.fetched();
  server.publish(two);
  await server.fetched();
  await server.fetched();
  t.equal(await refused(keys.find('key-2')), 'believed');
});

t.test('keys that may not grow old are read before they do', async (t) => {
  const { keys, server, pass } = await openKeySet(t, [one], { maxStaleSeconds: 60 });
  await keys.find('key-1');
  server.publish(one, two);
  pass(31);
  const fetched = server.fetched();
  t.equal(await refused(keys.find('key-1')), 'believed');
  await fetched;
  t.equal(await refused(keys.find('key-2')), 'believed');
  t.equal(server.fetches(), 2, 'half of their time is over, half is left');
});

t.test('known keys are read again after ten minutes, beside the call', async (t) => {
  const { keys, server, pass } = await openKeySet(t, [one]);
  await keys.find('key-1');
  pass(600);
  await keys.find('key-1');
  await server.settled();
  t.equal(server.fetches(), 1, 'not before');

  pass(1);
  const release = server.hold();
  const fetched = server.fetched();
  await keys.find('key-1');
  await keys.find('key-1');
  await fetched;
  t.equal(server.fetches(), 2, 'once for all calls');
  t.equal(keys.ageSeconds(), 601, 'the calls did not wait for it');

  const shared = refused(keys.find('key-2'));
  release();
  t.equal(await shared, 'unknown_key');
  t.equal(server.fetches(), 2, 'who comes during the fetch shares it');
  t.equal(keys.ageSeconds(), 0);
});

t.test('a rotation is seen when a token with the new key comes', async (t) => {
  const { keys, server, changes } = await openKeySet(t, [one]);
  const first = await keys.find('key-1');
  server.publish(one, two);
  const second = await keys.find('key-2');
  t.not(first, second);
  t.equal(changes(), 1);
  t.equal(await refused(keys.find('key-1')), 'believed', 'both keys are believed');
  t.equal(changes(), 1);
});

t.test('a key the tenant withdraws is no longer believed after the next refresh', async (t) => {
  const { keys, server, pass, changes } = await openKeySet(t, [one, two]);
  await keys.find('key-1');
  server.publish(two);
  pass(601);
  const release = server.hold();
  t.equal(await refused(keys.find('key-1')), 'believed', 'the refresh goes on beside the call');
  const shared = refused(keys.find('key-3'));
  release();
  await shared;
  t.equal(changes(), 1);
  t.equal(await refused(keys.find('key-1')), 'unknown_key');
});

t.test('the same keys again are no change', async (t) => {
  const { keys, changes } = await openKeySet(t, [one]);
  await keys.find('key-1');
  t.equal(changes(), 0, 'nor are the first ones');
  t.equal(await refused(keys.find('key-2')), 'unknown_key');
  t.equal(changes(), 0);
});
