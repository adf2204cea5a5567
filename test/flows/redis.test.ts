import { once } from 'node:events';
import { Redis } from 'ioredis';
import t, { type Test } from 'tap';
import { shareCounts } from '../../src/calls/share.ts';
import { holdTimers } from '../fixtures/clocks.ts';
import { hasRedis, type RedisProcess, startRedis } from '../fixtures/redis-process.ts';
import type { Env } from '../gateway.ts';
import { addressOf, type GatewayProcess, readMetrics, spawnGateway } from '../gateway-process.ts';
import { audience, client, startIssuer } from '../issuer.ts';
import { startRecorder } from '../recorder.ts';
import { bearer, parsed, send } from '../send.ts';

const metricsToken = 'metrics-token-of-the-tests-0123456789';
const together = 'requests are counted together';
const alone = 'Redis is away';

/** For a gateway whose Redis answers, however late on a busy machine: its 50 ms are a minute. */
const patient = `data:text/javascript,const set = setTimeout;
setTimeout = (act, ms, ...all) => set(act, ms === 50 ? 60_000 : ms, ...all);`;

/** Two replicas before one backend, six requests a minute for each caller. */
async function setReplicas(t: Test, redis: RedisProcess, nodeOptions: string[] = []) {
  const issuer = await startIssuer(t);
  const backend = await startRecorder(t);
  const env: Env = {
    OAUTH_ISSUER: issuer.issuer,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: backend.url,
    TOOL_SCOPES_JSON: '{"listEvents":["events:read"]}',
    RATE_LIMIT_PER_MINUTE: '6',
    REDIS_URL: redis.url,
    METRICS_TOKEN: metricsToken,
    HOST: '127.0.0.1',
    PORT: '0',
  };
  const replicas = [spawnGateway(t, env, nodeOptions), spawnGateway(t, env, nodeOptions)] as const;
  const urls = [await addressOf(replicas[0]), await addressOf(replicas[1])] as const;
  const callAs = async (sub: string) => {
    const headers = bearer(await issuer.token({ sub }));
    return (replica: 0 | 1) => send(`${urls[replica]}/tools/listEvents`, { body: {}, headers });
  };
  return { replicas, urls, backend, callAs };
}

/** Resolves when a replica has said this so many times. */
async function said({ lines, child }: GatewayProcess, message: string, times: number) {
  const count = () => lines.filter((line) => String(line['message']).startsWith(message)).length;
  while (count() < times) await once(child.stdout ?? child, 'data');
  return count();
}

const absent = !hasRedis() && !process.env['CI'];
if (absent) t.comment('redis-server is not installed: not run');
const skip = absent && 'redis-server is not installed';

t.test(
  'replicas count together, alone while Redis is away, and together again',
  { skip },
  async (t) => {
    const redis = await startRedis(t);
    const { replicas, urls, backend, callAs } = await setReplicas(t, redis, ['--import', patient]);
    const both = (message: string, times: number) =>
      Promise.all(replicas.map((replica) => said(replica, message, times)));
    const redisUp = async (url: string) =>
      (await readMetrics(url, metricsToken)).get('gateway_redis_up');
    await both(together, 1);

    t.equal(await redisUp(urls[0]), 1);
    const one = await callAs('auth0|one');
    for (const replica of [0, 1, 0, 1, 0, 1] as const) t.equal((await one(replica)).status, 200);
    for (const replica of [0, 1] as const) {
      const got = await one(replica);
      t.equal(got.status, 429, 'the seventh, whichever replica it meets');
      t.match(parsed(got), { reason: 'caller' });
      t.match(got.headers['ratelimit'], /^"caller";r=0;t=\d+$/);
    }
    const reader = new Redis(redis.url);
    const keys = await reader.keys('*');
    reader.disconnect();
    t.equal(keys.length, 1);
    t.match(keys[0], /^gateway:limit:[\w-]{43}$/, 'neither person nor client in its name');
    t.notMatch(keys[0], client);

    const two = await callAs('auth0|two');
    t.equal((await two(0)).status, 200);
    await redis.kill();
    await both(alone, 1);
    t.equal(await redisUp(urls[1]), 0);
    for (let i = 0; i < 5; i += 1) t.equal((await two(0)).status, 200);
    t.equal((await two(0)).status, 429, 'what was counted together is not forgotten');
    t.equal((await one(0)).status, 429);
    t.equal((await two(1)).status, 200, 'the other replica counts alone');
    for (const url of urls) t.equal((await send(`${url}/health/ready`)).status, 200);

    await redis.start();
    await both(together, 2);
    const three = await callAs('auth0|three');
    for (const replica of [0, 0, 0, 1, 1, 1] as const) t.equal((await three(replica)).status, 200);
    t.equal((await three(0)).status, 429);
    for (const { lines } of replicas) {
      const about = lines.filter(({ message }) => String(message).startsWith(alone));
      t.equal(about.length, 1, 'said once, however many calls there were');
      t.match(about[0], { level: 'warn' });
    }
    t.equal(backend.received.length, 6 + 1 + 5 + 1 + 6, 'no call was lost');
  },
);

t.test('a Redis that hangs delays nobody by more than its deadline', { skip }, async (t) => {
  const redis = await startRedis(t);
  const { replicas, callAs } = await setReplicas(t, redis);
  const [first] = replicas;
  await said(first, together, 1);
  const one = await callAs('auth0|one');
  t.equal((await one(0)).status, 200);
  redis.freeze();
  t.equal((await one(0)).status, 200, 'though Redis has not answered');
  await said(first, alone, 1);
  const about = first.lines.find(({ message }) => String(message).startsWith(alone));
  t.match(about, { err: { message: 'no answer within 50 ms' } });
  for (let i = 0; i < 4; i += 1) t.equal((await one(0)).status, 200);
  t.equal((await one(0)).status, 429);
  redis.thaw();
  await said(first, together, 2);
  t.equal((await (await callAs('auth0|two'))(0)).status, 200);
});

t.test('an answer that waited for our own event loop is not late', { skip }, async (t) => {
  const redis = await startRedis(t);
  const ready = Promise.withResolvers<void>();
  const changes: unknown[] = [];
  const onChange = (up: boolean) => {
    changes.push(up);
    ready.resolve();
  };
  const deadlines = holdTimers(t, 50);
  const shared = await shareCounts({ url: redis.url, scope: 'a', windowMs: 60_000, onChange });
  t.teardown(shared.close);
  await ready.promise;
  t.match(await shared.count('a'), { count: 1 });
  const key = redis.ask('keys', '*');
  // From a timer on, as a deadline ends: what has arrived is read before what comes next.
  await new Promise((resolve) => setTimeout(resolve, 1));
  const counted = shared.count('a');
  while (redis.ask('get', key) !== '2');
  redis.ask('ping');
  for (const deadline of deadlines()) deadline.end();
  t.match(await counted, { count: 2 });
  t.same(changes, [true]);
});
