import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import Fastify from 'fastify';
import t from 'tap';
import { pressureWithin, shedOverload } from '../../src/calls/overload.ts';
import { addressOf, spawnGateway } from '../gateway-process.ts';
import { audience, startIssuer } from '../issuer.ts';
import { parsed, send } from '../send.ts';
import { type Stage, setStage } from '../stage.ts';

const env = { RATE_LIMIT_PER_MINUTE: '0' };

/** Calls until the gateway sheds them. */
async function untilShed({ call }: Stage) {
  for (;;) {
    const got = await call('listEvents');
    if (got.status === 503) return got;
  }
}

t.test('memory: calls are shed, discovery and health go on', async (t) => {
  for (const maximum of ['maxRssBytes', 'maxHeapUsedBytes']) {
    const pressure = { maxEventLoopDelay: 0, [maximum]: 1, sampleInterval: 20 };
    const stage = await setStage(t, { env, parts: { pressure } });
    const shed = await untilShed(stage);
    t.match(parsed(shed), { error: 'overloaded', reason: 'memory' }, maximum);
    t.equal(shed.headers['retry-after'], '10');
    t.equal((await stage.send('/mcp', { body: {} })).status, 503, 'before any token is looked at');
    t.equal((await stage.send('/health/live')).status, 200);
    t.equal((await stage.send('/health/ready')).status, 200);
    t.equal((await stage.send('/.well-known/oauth-protected-resource')).status, 200);
  }
});

t.test('a busy event loop sheds calls, and serves again when it is free', async (t) => {
  const pressure = { maxEventLoopDelay: 10, sampleInterval: 100, settleMs: 0 };
  const stage = await setStage(t, { env, parts: { pressure } });
  const block = setInterval(() => {
    const until = performance.now() + 40;
    while (performance.now() < until);
  }, 1);
  t.teardown(() => clearInterval(block));
  t.match(parsed(await untilShed(stage)), { error: 'overloaded', reason: 'event_loop' });
  t.equal((await stage.send('/health/live')).status, 200);
  clearInterval(block);
  // Idle in between: on a busy machine the loop may always be late, but it is not busy.
  while ((await stage.call('listEvents')).status !== 200) await setTimeout(150);
  t.pass('served again');
});

t.test('a long rest before does not excuse a loop that is busy now', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  await shedOverload(app, { maxEventLoopDelay: 5, sampleInterval: 100, settleMs: 0 });
  app.get('/', async () => 'served');
  await app.ready();
  const found: number[] = [];
  while (found.length < 5 && !found.includes(503)) {
    await setTimeout(600);
    const until = performance.now() + 300;
    while (performance.now() < until);
    // The look at the loop was due before.
    await setTimeout(1);
    found.push((await app.inject('/')).statusCode);
  }
  t.equal(found.at(-1), 503);
});

t.test('the lag of the start itself sheds nobody', async (t) => {
  const pressure = { maxEventLoopDelay: 1, sampleInterval: 20, settleMs: 60_000 };
  const { call } = await setStage(t, { env, parts: { pressure } });
  const until = performance.now() + 200;
  while (performance.now() < until);
  for (let calls = 0; calls < 20; calls += 1) t.equal((await call('listEvents')).status, 200);
});

/** Nothing of this process runs for a while; idle before, as a process is between requests. */
async function freeze(): Promise<void> {
  const script = 'sleep 0.05; kill -STOP $PPID; sleep 0.5; kill -CONT $PPID';
  await once(spawn('sh', ['-c', script]), 'close');
}

t.test('a process that was put to sleep is not overloaded when it wakes', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  await shedOverload(app, { maxEventLoopDelay: 50, sampleInterval: 50, settleMs: 0 });
  app.get('/', async () => app.memoryUsage());
  await app.ready();
  for (;;) {
    await freeze();
    for (let look = 0; look < 20; look += 1) {
      await setTimeout(5);
      const { eventLoopDelay, eventLoopUtilized } = app.memoryUsage();
      if (eventLoopDelay < 50 || eventLoopUtilized > 0.4) continue;
      const { statusCode } = await app.inject('/');
      if (app.memoryUsage().eventLoopDelay !== eventLoopDelay) continue;
      t.equal(statusCode, 200, `late by ${Math.round(eventLoopDelay)} ms, with nothing to do`);
      return;
    }
  }
});

t.test('the process of a deployment bears what its container has', async (t) => {
  const issuer = await startIssuer(t);
  const env = {
    OAUTH_ISSUER: issuer.issuer,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: 'http://127.0.0.1:9',
    TOOL_SCOPES_JSON: '{"listEvents":["events:read"]}',
    HOST: '127.0.0.1',
    PORT: '0',
  };
  const tiny = 'data:text/javascript,process.constrainedMemory=()=>1e6';
  const url = await addressOf(spawnGateway(t, env, ['--import', tiny]));
  const shed = async () => (await send(`${url}/tools/listEvents`, { body: {} })).status === 503;
  while (!(await shed())) await setTimeout(50);
  t.equal((await send(`${url}/health/live`)).status, 200);
});

t.test('what a process bears follows from the memory it is given', async (t) => {
  const small = pressureWithin(300, 100e6);
  t.match(small, { maxEventLoopDelay: 300, maxRssBytes: 90e6 });
  const free = pressureWithin(0, 0);
  t.ok((free.maxRssBytes ?? 0) > 90e6, 'that of the machine, where nothing else is said');
  t.equal(pressureWithin(0, 2 ** 63).maxRssBytes, free.maxRssBytes, 'a limit that is none');
  t.ok((free.maxHeapUsedBytes ?? 0) > 10e6);
});
