import t from 'tap';
import { createRoom } from '../../src/calls/room.ts';
import { Refusal } from '../../src/errors.ts';

const patient = { timeoutMs: 60_000, signal: new AbortController().signal };

t.test('places are given at once while there are any, then in turn', async (t) => {
  const room = createRoom(2, 3);
  t.equal(room.enter(patient), undefined);
  t.equal(room.enter(patient), undefined);
  const order: string[] = [];
  const late = ['first', 'second', 'third'].map((name) =>
    room.enter(patient)?.then(() => order.push(name)),
  );
  t.same([room.busy(), room.waiting()], [2, 3]);
  for (let i = 0; i < 3; i += 1) room.leave();
  await Promise.all(late);
  t.same(order, ['first', 'second', 'third']);
  t.same([room.busy(), room.waiting()], [2, 0], 'a place that is handed on stays taken');
  room.leave();
  room.leave();
  t.same([room.busy(), room.waiting()], [0, 0]);
});

t.test('more than may wait are refused', async (t) => {
  const room = createRoom(1, 1);
  room.enter(patient);
  const waits = room.enter(patient);
  try {
    room.enter(patient);
    t.fail('it was let in');
  } catch (error) {
    t.ok(error instanceof Refusal);
    t.match(error, { code: 'overloaded', status: 503, detail: { retryAfter: 1 } });
  }
  room.leave();
  await waits;
  t.type(room.enter(patient), Promise, 'there is a seat again');
  room.leave();
});

t.test('who waits too long, or goes away, leaves the queue', async (t) => {
  const room = createRoom(1, 2);
  room.enter(patient);
  const slow = room.enter({ ...patient, timeoutMs: 5 });
  await t.rejects(Promise.resolve(slow), { end: 'timeout', code: 'upstream_timeout' });
  const controller = new AbortController();
  const gone = room.enter({ ...patient, signal: controller.signal });
  controller.abort();
  await t.rejects(Promise.resolve(gone), { end: 'aborted', code: 'upstream_failed' });
  t.equal(room.waiting(), 0);
});

t.test('who is gone already does not enter', async (t) => {
  const room = createRoom(1, 1);
  const gone = { ...patient, signal: AbortSignal.abort() };
  t.throws(() => room.enter(gone), { end: 'aborted', code: 'upstream_failed' });
  t.equal(room.busy(), 0);
});

t.test('who was admitted and goes away in the same moment still has the place', async (t) => {
  const room = createRoom(1, 1);
  room.enter(patient);
  const controller = new AbortController();
  const next = room.enter({ ...patient, signal: controller.signal });
  room.leave();
  controller.abort();
  await next;
  t.equal(room.busy(), 1);
  room.leave();
  t.equal(room.busy(), 0, 'no place is lost');
});
