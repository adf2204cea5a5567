import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { createLanes } from '../../src/calls/lane.ts';
import { loadCatalog } from '../../src/tools/catalog.ts';
import { json } from '../recorder.ts';
import { parsed } from '../send.ts';
import { type Entry, setStage } from '../stage.ts';

const tools: readonly Entry[] = [
  { name: 'slow', maxConcurrent: 8, maxQueued: 8 },
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
  let refused = 0;
  const calls = Array.from({ length: 300 }, async () => {
    const got = await call('slow');
    if (got.status === 503) refused += 1;
    return got;
  });
  while (refused < 284 && held.length <= 8) await turn();
  const began = performance.now();
  for (let i = 0; i < 20; i += 1) t.same(parsed(await call('quick')), { quick: true });
  t.ok(performance.now() - began < 5000, 'in time');
  t.equal(held.length, 8, 'no more at once than the catalog says');

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
  const { call, gateway, backend } = await setStage(t, { tools, env });
  backend.answer = (response, received) => {
    if (received.path === '/slow') response.destroy();
    else json({ quick: true })(response, received);
  };
  for (let i = 0; i < 3; i += 1) t.equal((await call('slow')).status, 502);
  const got = await call('slow');
  t.equal(got.status, 503);
  t.match(parsed(got), { error: 'upstream_unavailable' });
  t.match(got.headers['retry-after'], /^3[56]\d\d$/);
  t.equal(backend.received.length, 3, 'the backend is spared');
  t.equal((await call('quick')).status, 200);
  const line = gateway.lines.find(({ message }) => message === 'circuit breaker');
  t.match(line, { level: 'warn', tool: 'slow', state: 'open' });
});

t.test('a dead tool is called again by itself when it is back', async (t) => {
  const { call, backend } = await setStage(t, {
    tools,
    env: { ...env, BREAKER_SECONDS: '1' },
    answer: (response) => response.destroy(),
  });
  for (let i = 0; i < 3; i += 1) t.equal((await call('slow')).status, 502);
  t.equal((await call('slow')).headers['retry-after'], '1');
  backend.answer = json({ back: true });
  let got = await call('slow');
  while (got.status === 503) got = await call('slow');
  t.same(parsed(got), { back: true });
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
