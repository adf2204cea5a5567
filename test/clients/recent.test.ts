import t from 'tap';
import { createRecent } from '../../src/clients/recent.ts';

t.test('what happened is remembered for its time', async (t) => {
  let now = 1000;
  const recent = createRecent<string>(60, 10, () => now);
  t.equal(recent.get('a'), undefined);
  recent.set('a', 'one');
  now += 59;
  t.equal(recent.get('a'), 'one');
  now += 1;
  t.equal(recent.get('a'), undefined);
});

t.test('the oldest is forgotten when there is much', async (t) => {
  const recent = createRecent<number>(Number.POSITIVE_INFINITY, 2, Date.now);
  recent.set('a', 1);
  recent.set('b', 2);
  recent.set('a', 3);
  recent.set('c', 4);
  t.strictSame([recent.get('a'), recent.get('b'), recent.get('c')], [3, undefined, 4]);
});
