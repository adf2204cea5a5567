import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { createTokenCache } from '../../src/verify/cache.ts';

const start = 1_800_000_000;

/** A cache with a clock that stands still until it is moved. */
function open(seconds: number) {
  let ms = start * 1000;
  const cache = createTokenCache<string>({ seconds, now: () => ms });
  const pass = (more: number): void => {
    ms += more * 1000;
  };
  return { cache, pass };
}

t.test('remembers what a token stood for, and no other token', async (t) => {
  const { cache } = open(300);
  cache.set('a.b.c', 'ada', start + 3600, 0);
  t.equal(cache.get('a.b.c'), 'ada');
  t.equal(cache.get('a.b.d'), undefined);
  t.equal(cache.get(''), undefined);
  t.equal(cache.get('__proto__'), undefined);
});

t.test('forgets after its time', async (t) => {
  const { cache, pass } = open(300);
  cache.set('a.b.c', 'ada', start + 3600, 0);
  pass(299.999);
  t.equal(cache.get('a.b.c'), 'ada');
  pass(0.001);
  t.equal(cache.get('a.b.c'), undefined);
  pass(-100);
  t.equal(cache.get('a.b.c'), undefined, 'it is gone, not hidden');
});

t.test('a token that ends earlier is forgotten when it ends', async (t) => {
  const { cache, pass } = open(300);
  cache.set('a.b.c', 'ada', start + 10, 0);
  pass(9.999);
  t.equal(cache.get('a.b.c'), 'ada');
  pass(0.001);
  t.equal(cache.get('a.b.c'), undefined);
});

t.test('a token believed within the clock tolerance is not remembered', async (t) => {
  const { cache, pass } = open(300);
  for (const end of [start - 30, start]) {
    cache.set('a.b.c', 'ada', end, 0);
    pass(-60);
    t.equal(cache.get('a.b.c'), undefined);
    pass(60);
  }
});

t.test('0 seconds remember nothing', async (t) => {
  const { cache, pass } = open(0);
  cache.set('a.b.c', 'ada', start + 3600, 0);
  pass(-1);
  t.equal(cache.get('a.b.c'), undefined);
});

t.test('nothing is remembered beyond the bound', async (t) => {
  let ms = start * 1000;
  let bound = start + 10;
  const cache = createTokenCache<string>({ seconds: 300, now: () => ms, bound: () => bound });
  cache.set('a.b.c', 'ada', start + 3600, 0);
  bound = start + 1000;
  ms += 9_999;
  t.equal(cache.get('a.b.c'), 'ada');
  ms += 1;
  t.equal(cache.get('a.b.c'), undefined, 'that of the moment it was verified');
  bound = 0;
  cache.set('a.b.c', 'ada', start + 3600, 0);
  t.equal(cache.get('a.b.c'), undefined);
});

t.test('what was judged by keys of before is not kept', async (t) => {
  const { cache } = open(300);
  const before = cache.epoch();
  cache.clear();
  cache.set('a.b.c', 'ada', start + 3600, before);
  t.equal(cache.get('a.b.c'), undefined);
  cache.set('a.b.c', 'ada', start + 3600, cache.epoch());
  t.equal(cache.get('a.b.c'), 'ada');
});

t.test('cleared, it knows nothing', async (t) => {
  const { cache } = open(300);
  cache.set('a.b.c', 'ada', start + 3600, 0);
  cache.clear();
  t.equal(cache.get('a.b.c'), undefined);
});

t.test('holds ten thousand tokens; the oldest makes room', async (t) => {
  const { cache } = open(300);
  for (let i = 0; i < 10_000; i += 1) cache.set(`token-${i}`, `${i}`, start + 3600, 0);
  t.equal(cache.get('token-0'), '0');
  cache.set('one-more', 'more', start + 3600, 0);
  t.equal(cache.get('token-0'), undefined);
  t.equal(cache.get('token-1'), '1');
  t.equal(cache.get('token-9999'), '9999');
  t.equal(cache.get('one-more'), 'more');
});

t.test('uses the real clock unless told otherwise', async (t) => {
  const cache = createTokenCache<string>({ seconds: 300 });
  cache.set('a.b.c', 'ada', Date.now() / 1000 + 60, 0);
  cache.set('d.e.f', 'eve', Date.now() / 1000 - 1, 0);
  t.equal(cache.get('a.b.c'), 'ada');
  t.equal(cache.get('d.e.f'), undefined);
});

/** Fills a cache with a token made there and then, which only the cache could keep. */
const fill = `
const { parentPort, workerData } = require('node:worker_threads');
const { randomUUID } = require('node:crypto');
import(workerData).then(({ createTokenCache }) => {
  globalThis.cache = createTokenCache({ seconds: 300 });
  const remember = () => {
    const [token, value] = [randomUUID() + '.token', randomUUID() + '.value'];
    globalThis.cache.set(token, { value }, Date.now() / 1000 + 3600, 0);
    parentPort.postMessage({ token, value });
  };
  remember();
  parentPort.once('message', () => process.exit());
});`;

t.test('no text of a token stays in memory', async (t) => {
  const workerData = new URL('../../src/verify/cache.ts', import.meta.url).href;
  const worker = new Worker(fill, { eval: true, workerData });
  const [{ token, value }] = await once(worker, 'message');
  let heap = '';
  for await (const chunk of await worker.getHeapSnapshot()) heap += chunk;
  worker.postMessage('done');
  t.ok(heap.includes(value), 'the snapshot shows what the cache holds');
  t.notOk(heap.includes(token), 'but not the token');
  await once(worker, 'exit');
});
