import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { createCounter } from '../../src/calls/count.ts';

const minute = 60_000;

t.test('a window begins with its first count and ends a minute later, key by key', async (t) => {
  let now = 1000;
  const { add } = createCounter(minute, 10, () => now);
  t.same(add('a'), { count: 1, msLeft: minute });
  now += 20_000;
  t.same(add('a'), { count: 2, msLeft: 40_000 });
  t.same(add('b'), { count: 1, msLeft: minute });
  now += 39_999;
  t.same(add('a'), { count: 3, msLeft: 1 });
  now += 1;
  t.same(add('a'), { count: 1, msLeft: minute }, 'the next window');
  t.same(add('b'), { count: 2, msLeft: 20_000 });
});

t.test('what is taken back is not counted; there is nothing below none', async (t) => {
  let now = 0;
  const { add } = createCounter(minute, 10, () => now);
  add('a');
  add('a');
  t.equal(add('a', -1).count, 1);
  add('a', -1);
  t.equal(add('a', -1).count, 0);
  now += minute;
  t.equal(add('a', -1).count, 0, 'taken in one window, back in the next');
  t.equal(add('a').count, 1);
});

t.test('what a shared counter says is believed, its window too', async (t) => {
  let now = 0;
  const { add, set } = createCounter(minute, 10, () => now);
  add('a');
  set('a', { count: 40, msLeft: 5000 });
  t.same(add('a'), { count: 41, msLeft: 5000 });
  set('new', { count: 7, msLeft: 100 });
  t.same(add('new'), { count: 8, msLeft: 100 });
  now += 5000;
  t.equal(add('a').count, 1);
});

t.test('no flood of keys makes it grow: the oldest window goes first', async (t) => {
  const { add } = createCounter(minute, 3, () => 0);
  for (const key of ['a', 'b', 'c', 'c', 'd']) add(key);
  t.equal(add('c').count, 3, 'what was there stays');
  t.equal(add('d').count, 2);
  t.equal(add('a').count, 1, 'the oldest was forgotten');
  t.equal(add('b').count, 1);
});

t.test('windows that ended make room before any other', async (t) => {
  let now = 0;
  const { add } = createCounter(minute, 3, () => now);
  add('a');
  now += 1000;
  add('b');
  add('c');
  now += 59_000;
  add('d');
  t.equal(add('b').count, 2);
  t.equal(add('c').count, 2);
});

t.test('what a shared counter says of a key that is there pushes out no other', async (t) => {
  const { add, set } = createCounter(minute, 2, () => 0);
  add('a');
  add('b');
  set('b', { count: 5, msLeft: 1000 });
  t.equal(add('a').count, 2);
  t.equal(add('b').count, 6);
});

t.test('a flood of keys cost no more than those it may keep', async (t) => {
  const { add } = createCounter(minute, 1000);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const kept = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = kept();
  for (let i = 0; i < 300_000; i += 1) add(`address ${i}`);
  t.ok(kept() - before < 5e6, 'no trace of most of them');
  t.equal(add('address 299999').count, 2);
  t.equal(add('address 1').count, 1);
});

t.test('what is left of a window is never more than a window', async (t) => {
  const { now } = performance;
  t.teardown(() => Object.assign(performance, { now }));
  // A fraction that the sum with the window rounds up.
  Object.assign(performance, { now: () => 202146.0217 });
  const counter = createCounter(60_000);
  counter.add('a');
  t.same(counter.add('a'), { count: 2, msLeft: 60_000 });
});
