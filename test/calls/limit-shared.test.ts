import t from 'tap';
import { holdTimers } from '../fixtures/clocks.ts';
import { startRespServer } from '../fixtures/resp-server.ts';
import type { Gateway } from '../gateway.ts';
import { readMetrics } from '../gateway-process.ts';
import { send } from '../send.ts';
import { setStage } from '../stage.ts';

/** The first line of the log with this message, also one still to come. */
async function line({ lines }: Gateway, message: string): Promise<Record<string, unknown>> {
  for (;;) {
    const found = lines.find((one) => String(one['message']).startsWith(message));
    if (found) return found;
    await new Promise(setImmediate);
  }
}

// How quick this machine is does not decide whether Redis is: nobody ends its deadlines.
holdTimers(t, 50);

const together = 'requests are counted together';
const alone = 'Redis is away';

t.test('two gateways on one Redis count as one, each alone without it', async (t) => {
  const redis = await startRespServer(t);
  const env = { RATE_LIMIT_PER_MINUTE: '3', REDIS_URL: redis.url, METRICS_TOKEN: 'm'.repeat(20) };
  const [one, two] = [await setStage(t, { env }), await setStage(t, { env })];
  await Promise.all([line(one.gateway, together), line(two.gateway, together)]);
  const up = async () =>
    (await readMetrics(one.gateway.url, env.METRICS_TOKEN)).get('gateway_redis_up');
  t.equal(await up(), 1);
  const left = async ({ call }: typeof one) => {
    const { status, headers } = await call('listEvents');
    return `${status} ${/r=(\d+)/.exec(String(headers['ratelimit']))?.[1]}`;
  };
  t.same([await left(one), await left(two), await left(one)], ['200 2', '200 1', '200 0']);
  t.equal(await left(two), '429 0');
  const asked = redis.keys.length;
  t.same([await left(two), await left(two)], ['429 0', '429 0']);
  t.equal(redis.keys.length, asked, 'a flood stays here: Redis is not asked what is known');

  const bad = { headers: { authorization: 'Bearer a.b.c' }, body: {} };
  for (const { send: ask } of [one, two]) {
    t.match(await ask('/mcp', bad), { status: 401, headers: { ratelimit: /^"address";r=2\d/ } });
  }
  t.equal(new Set(redis.keys).size, 2, 'a caller and an address');

  redis.mute = true;
  redis.cut();
  t.match(await line(one.gateway, alone), { level: 'warn' });
  t.equal(await up(), 0);
  t.equal(await left(one), '429 0', 'it knows what was counted');
  t.equal((await send(`${one.gateway.url}/health/ready`)).status, 200);
});

t.test('one gateway does not count for another of the same Redis', async (t) => {
  const redis = await startRespServer(t);
  for (const OAUTH_AUDIENCE of ['https://one.example/mcp', 'https://two.example/mcp']) {
    const env = { REDIS_URL: redis.url, OAUTH_AUDIENCE };
    const { gateway, issuer, call } = await setStage(t, { env });
    await line(gateway, together);
    const headers = { authorization: `Bearer ${await issuer.token({ aud: OAUTH_AUDIENCE })}` };
    const got = await call('listEvents', {}, { headers });
    t.match(got.headers['ratelimit'], /^"caller";r=59;/);
  }
  t.equal(new Set(redis.keys).size, 2);
});

t.test('a password of Redis is in no line of the log', async (t) => {
  const { url } = await startRespServer(t);
  const REDIS_URL = url.replace('//', '//user:password-of-redis@');
  const { gateway, call } = await setStage(t, { env: { REDIS_URL } });
  t.match(await line(gateway, alone), { err: { message: /unknown command/ } });
  t.equal((await call('listEvents')).status, 200);
  t.notMatch(JSON.stringify(gateway.lines), 'password-of-redis');
});
