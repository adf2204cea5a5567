import t from 'tap';
import { loadConfig, warnings } from '../src/config.ts';
import { least, problemsOf } from './fixtures/env.ts';

t.test('REDIS_URL is the URL of a Redis', async (t) => {
  const good = [
    'redis://localhost',
    'redis://10.0.0.5:6379/2',
    'rediss://:pass%20word@redis.example:6380',
  ];
  for (const REDIS_URL of good) t.match(loadConfig({ ...least, REDIS_URL }), { REDIS_URL });
  t.equal(loadConfig(least).REDIS_URL, undefined);
  const bad = [
    'localhost:6379',
    'http://localhost:6379',
    'redis:localhost',
    'redis://',
    'redis://a b',
    'redis://h:99999',
  ];
  for (const REDIS_URL of bad) {
    t.match(
      problemsOf({ REDIS_URL }),
      [{ name: 'REDIS_URL', problem: 'is not a Redis URL' }],
      REDIS_URL,
    );
  }
});

t.test('what crosses a public network in the clear is a warning', async (t) => {
  const about = (REDIS_URL?: string) =>
    warnings(loadConfig({ ...least, REDIS_URL })).filter((text) => text.startsWith('REDIS_URL'));
  for (const url of [
    undefined,
    'redis://127.0.0.1',
    'redis://10.0.0.5',
    'redis://redis',
    'rediss://redis.example',
  ]) {
    t.same(about(url), [], String(url));
  }
  const warning = 'REDIS_URL crosses a public network in the clear: use rediss://.';
  for (const url of ['redis://redis.example', 'redis://192.0.2.1:6379'])
    t.same(about(url), [warning]);
});
