import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { createLanes } from '../../src/calls/lane.ts';
import { loadCatalog } from '../../src/tools/catalog.ts';
import { stopClocks } from '../fixtures/clocks.ts';
import { json } from '../recorder.ts';
import { parsed } from '../send.ts';
import { type Entry, setStage } from '../stage.ts';

const tools: readonly Entry[] = [
  { name: 'slow', maxConcurrent: 8, maxQueued: 8, timeoutMs: 100_000 },
  { name: 'quick', annotations: { readOnlyHint: true } },
];
const env = { RATE_LIMIT_PER_MINUTE: '0', BREAKER_FAILURES: '3', BREAKER_SECONDS: '3600' };

t.test('a slow tool with hundreds of calls does not starve another one', async (t) => {
  const held: ServerResponse[] = [];
  const { call, backend } = await setStage(t, { tools, env });
  backend.answer = (response, received) => {
    if (received.path === '/slow') held.push(response);
    else json({ quick: true })(response, received);
  };
  let [refused, ended] = [0, 0];
  const calls = Array.from({ length: 300 }, async () => {
    const got = await call('slow');
    ended += 1;
    if (got.status === 503) refused += 1;
    return got;
  });
  while (held.length <= 8 && (refused < 284 || held.length < 8)) await turn();
  for (let i = 0; i < 20; i += 1) t.same(parsed(await call('quick')), { quick: true });
  t.same(
    [ended, held.length],
    [284, 8],
    'no slow call had to end first; no more at once than said',
  );

  backend.answer = json({ slow: true });
  for (const response of held) response.end();
  const got = await Promise.all(calls);
  t.equal(got.filter(({ status }) => status === 200).length, 16, 'who had a place or a seat');
  for (const one of got.filter(({ status }) => status !== 200)) {
    t.match(one, { status: 503, headers: { 'retry-after': '1' } });
    t.match(parsed(one), { error: 'overloaded' });
  }
});

t.test('a dead tool does not take another one along', async (t) => {
  stopClocks(t);
  const { call, gateway, backend } = await setStage(t, { tools, env });
  backend.answer = (response, received) => {
    if (received.path === '/slow') response.destroy();
    else json({ quick: true })(response, received);
  };
  for (let i = 0; i < 3; i += 1) t.equal((await call('slow')).status, 502);
  const got = await call('slow');
  t.equal(got.status, 503);
  t.match(parsed(got), { error: 'upstream_unavailable' });
  t.equal(got.headers['retry-after'], '3600');
  t.equal(backend.received.length, 3, 'the backend is spared');
  t.equal((await call('quick')).status, 200);
  const line = gateway.lines.find(({ message }) => message === 'circuit breaker');
  t.match(line, { level: 'warn', tool: 'slow', state: 'open' });
});

t.test('a dead tool is called again by itself when it is back', async (t) => {
  const pass = stopClocks(t);
  const { call, backend } = await setStage(t, {
    tools,
    env: { ...env, BREAKER_SECONDS: '10' },
    answer: (response) => response.destroy(),
  });
  for (let i = 0; i < 3; i += 1) t.equal((await call('slow')).status, 502);
  backend.answer = json({ back: true });
  t.equal((await call('slow')).headers['retry-after'], '10');
  pass(9000);
  t.equal((await call('slow')).headers['retry-after'], '1');
  pass(1000);
  t.same(parsed(await call('slow')), { back: true });
});

t.test('how it stands with each tool that was called', async (t) => {
  const { tools: catalog } = loadCatalog({ TOOL_SCOPES_JSON: '{"one":[],"two":[],"three":[]}' });
  const lanes = createLanes({ failures: 1, seconds: 60 }, () => {});
  t.same(lanes.state(), []);
  const limits = { timeoutMs: 60_000, signal: new AbortController().signal };
  for (const [name, calls] of [
    ['one', 65],
    ['two', 1],
  ] as const) {
    const tool = catalog.get(name);
    for (let i = 0; tool && i < calls; i += 1) lanes.of(tool).room.enter(limits);
  }
  t.same(lanes.state(), [
    { tool: 'one', breaker: 'closed', busy: 64, waiting: 1 },
    { tool: 'two', breaker: 'closed', busy: 1, waiting: 0 },
  ]);
  const one = catalog.get('one');
  if (one) lanes.of(one).room.leave();
});
