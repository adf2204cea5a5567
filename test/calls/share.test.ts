import { EventEmitter, once } from 'node:events';
import t, { type Test } from 'tap';
import { type Shared, shareCounts } from '../../src/calls/share.ts';
import { type Held, holdTimers } from '../fixtures/clocks.ts';
import { startRespServer } from '../fixtures/resp-server.ts';

interface Told {
  readonly shared: Shared;
  /** Each change so far: true = came, an error = went. */
  readonly changes: unknown[];
  /** The next change. */
  next(): Promise<unknown>;
  /** The answers of Redis that are waited for: too late only when the test says so. */
  deadlines(): Held[];
  /** Counts, and has the answer of Redis be too late. */
  countLate(key: string): Promise<unknown>;
}

async function share(t: Test, url: string): Promise<Told> {
  const changes: unknown[] = [];
  const told = new EventEmitter();
  const onChange = (up: boolean, error: unknown) => {
    changes.push(up || error);
    told.emit('change');
  };
  const deadlines = holdTimers(t, 50);
  const shared = await shareCounts({ url, scope: 'gateway', windowMs: 60_000, onChange });
  t.teardown(shared.close);
  const countLate = (key: string) => {
    const counted = shared.count(key);
    for (const deadline of deadlines()) deadline.end();
    return counted;
  };
  return { shared, changes, next: () => once(told, 'change'), deadlines, countLate };
}

t.test('counts at Redis, one window a key, under names that tell nothing', async (t) => {
  const server = await startRespServer(t);
  const { shared, changes, next } = await share(t, server.url);
  t.equal(await shared.count('caller\nauth0|person'), undefined, 'nobody waits for the connection');
  t.equal(shared.up(), false);
  await next();
  t.equal(shared.up(), true);
  t.same(await shared.count('caller\nauth0|person'), { count: 1, msLeft: 60_000 });
  t.same(await shared.count('caller\nauth0|person'), { count: 2, msLeft: 60_000 });
  t.same(await shared.count('caller\nauth0|other'), { count: 1, msLeft: 60_000 });
  t.same(changes, [true]);
  for (const key of server.keys) t.match(key, /^gateway:limit:[\w-]{43}$/);
});

t.test('a Redis that is slow delays one call, for 50 ms; the next do not ask', async (t) => {
  const server = await startRespServer(t);
  const { shared, changes, next, deadlines } = await share(t, server.url);
  await next();
  await shared.count('warm');
  server.mute = true;
  let waits = true;
  const counted = shared.count('a').finally(() => {
    waits = false;
  });
  const [deadline] = deadlines();
  t.equal(deadline?.ms, 50);
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  t.ok(waits, 'as long as Redis may take');
  deadline?.end();
  t.equal(await counted, undefined);
  t.match(changes, [true, { message: 'no answer within 50 ms' }]);
  t.equal(shared.up(), false);
  for (let i = 0; i < 50; i += 1) t.equal(await shared.count('b'), undefined);
  server.speak();
  t.equal(changes.length, 2, 'and nothing more is said');
  await next();
  t.equal(new Set(server.keys).size, 2, 'the next did not ask');
});

t.test('a Redis that is gone is told once, and found again by itself', async (t) => {
  const server = await startRespServer(t);
  const { shared, changes, next } = await share(t, server.url);
  await next();
  const gone = next();
  server.cut();
  await gone;
  t.equal(shared.up(), false);
  t.equal(await shared.count('a'), undefined);
  await next();
  t.same(changes, [true, undefined, true]);
  t.match(await shared.count('a'), { count: 1 });
});

t.test('a call at the moment Redis goes away is counted here', async (t) => {
  const server = await startRespServer(t);
  const { shared, next, countLate } = await share(t, server.url);
  await next();
  server.mute = true;
  const gone = next();
  const counted = shared.count('a');
  server.cut();
  await gone;
  t.equal(shared.up(), false);
  await countLate('a');
  t.equal(await counted, undefined);
  server.mute = false;
  await next();
  t.match(await shared.count('a'), { count: 1 }, 'and not again when Redis is back');
});

t.test('a Redis that is slow no more is found by itself, without a call', async (t) => {
  const server = await startRespServer(t);
  const { shared, changes, next, countLate } = await share(t, server.url);
  await next();
  server.mute = true;
  await countLate('a');
  const back = next();
  server.speak();
  await back;
  t.match(changes, [true, Error, true]);
  t.match(await shared.count('b'), { count: 1 });
});

t.test('a connection that owes its answers too long is given up for a new one', async (t) => {
  const server = await startRespServer(t);
  const { shared, next, countLate } = await share(t, server.url);
  await next();
  server.mute = true;
  await countLate('a');
  server.mute = false;
  await next();
  t.equal(shared.up(), true, 'connected anew');
  t.match(await shared.count('b'), { count: 1 });
});

t.test('without Redis at the start it says so once and counts here', async (t) => {
  const { shared, changes, next } = await share(t, 'redis://127.0.0.1:9');
  await next();
  t.match(changes, [{ code: 'ECONNREFUSED' }]);
  t.equal(await shared.count('a'), undefined);
});

t.test('closing says nothing', async (t) => {
  const server = await startRespServer(t);
  const { shared, changes, next } = await share(t, server.url);
  await next();
  shared.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.same(changes, [true]);
  t.equal(await shared.count('a'), undefined);
});
