import { setTimeout as after } from 'node:timers/promises';
import t from 'tap';
import { type Over, watch } from '../../src/calls/watch.ts';

/** A watch, who may abort it, and what it told so far. */
function open(timeoutMs: number) {
  const controller = new AbortController();
  const told: Over[] = [];
  const stop = watch({ timeoutMs, signal: controller.signal }, (over) => told.push(over));
  return { told, stop, abort: () => controller.abort() };
}

t.test('it tells once, whatever else ends later', async (t) => {
  const gone = open(1);
  gone.abort();
  const late = open(1);
  await after(20);
  late.abort();
  t.same([gone.told, late.told], [['aborted'], ['timeout']]);
});

t.test('stopped, it tells nothing', async (t) => {
  const { told, stop, abort } = open(1);
  stop();
  abort();
  await after(20);
  t.same(told, []);
});
