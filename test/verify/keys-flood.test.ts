import t from 'tap';
import { type OpenKeySet, openKeySet } from '../fixtures/key-set.ts';
import { makeKey } from '../fixtures/keys.ts';
import { refused } from '../fixtures/refused.ts';

const key = await makeKey('key-1');

/** Asks for this many keys nobody published, one after the other; counts the fetches. */
async function flood({ keys, server }: OpenKeySet, times = 20): Promise<number> {
  const before = server.fetches();
  for (let i = 0; i < times; i += 1) await refused(keys.find(`unknown-${i}`));
  return server.fetches() - before;
}

t.test('a flood of unknown keys costs three fetches and one more each second', async (t) => {
  const opened = await openKeySet(t, [key]);
  t.equal(await flood(opened), 3);
  t.equal(await flood(opened, 1500), 0, 'however many ask');
  opened.pass(0.9995);
  t.equal(await flood(opened), 0);
  opened.pass(0.0005);
  t.equal(await flood(opened), 1);
  opened.pass(2);
  t.equal(await flood(opened), 2);
  opened.pass(3600);
  t.equal(await flood(opened), 3, 'a quiet hour saves up no more');
});

t.test('a flood at one moment costs one fetch', async (t) => {
  const { keys, server } = await openKeySet(t, [key]);
  const asked = Array.from({ length: 200 }, (_, i) => refused(keys.find(`unknown-${i}`)));
  t.strictSame(new Set(await Promise.all(asked)), new Set(['unknown_key']));
  t.equal(server.fetches(), 1);
});

t.test('during the flood unknown keys are refused and known ones found', async (t) => {
  const opened = await openKeySet(t, [key]);
  await flood(opened);
  t.equal(await refused(opened.keys.find('unknown')), 'unknown_key');
  t.equal(await refused(opened.keys.find('key-1')), 'believed');
  t.same(opened.errors, []);
});

t.test('a token without a key name costs no fetch', async (t) => {
  const { keys, server } = await openKeySet(t, [key]);
  t.equal(await refused(keys.find(undefined)), 'unknown_key');
  t.equal(server.fetches(), 0);
});

t.test('a clock set back does not stop the fetches', async (t) => {
  const opened = await openKeySet(t, [key]);
  t.equal(await flood(opened), 3);
  opened.pass(-3600);
  t.equal(await flood(opened), 0);
  opened.pass(1);
  t.equal(await flood(opened), 1);
});

t.test('an empty bucket does not make old keys good', async (t) => {
  const opened = await openKeySet(t, [key], { maxStaleSeconds: 0.5, refreshMs: 600_000 });
  t.equal(await flood(opened), 3);
  opened.pass(0.5);
  t.equal(await refused(opened.keys.find('key-1')), 'believed');
  opened.pass(0.1);
  t.equal(await refused(opened.keys.find('key-1')), 'keys_unavailable');
});
