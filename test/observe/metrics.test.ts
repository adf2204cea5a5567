import t from 'tap';
import { createMetrics } from '../../src/observe/metrics.ts';
import { json } from '../recorder.ts';
import { setStage } from '../stage.ts';

const METRICS_TOKEN = 'metrics-token-0123456789';
const headers = { authorization: `Bearer ${METRICS_TOKEN}` };

t.test('calls and refusals are counted by tool, status, code and reason', async (t) => {
  const { send, call, mcp, backend, issuer } = await setStage(t, { env: { METRICS_TOKEN } });
  await call('listEvents');
  await mcp('tools/call', { name: 'listEvents' });
  backend.answer = json({}, 500);
  await call('listEvents');
  await call('addEvent');
  await call('listEvents', {}, { headers: { authorization: 'Bearer opaque' } });
  for (const name of ['chosen-by-the-client', 'chosen-by-the-client-too', '__proto__']) {
    await mcp('tools/call', { name });
  }
  backend.answer = json({}, 404);
  await call('listEvents');
  backend.answer = (response) => void response.destroy();
  await call('listEvents');
  const got = await send('/metrics', { headers });
  t.equal(got.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  for (const line of [
    'gateway_calls_total{tool="listEvents",outcome="ok",reason=""} 2',
    'gateway_calls_total{tool="listEvents",outcome="tool_5xx",reason=""} 1',
    'gateway_calls_total{tool="listEvents",outcome="tool_4xx",reason=""} 1',
    'gateway_calls_total{tool="listEvents",outcome="upstream_failed",reason=""} 1',
    'gateway_calls_total{tool="listEvents",outcome="invalid_token",reason="ACCESS_TOKEN_NOT_JWS"} 1',
    'gateway_calls_total{tool="addEvent",outcome="insufficient_scope",reason=""} 1',
    'gateway_calls_total{tool="(unknown)",outcome="unknown_tool",reason=""} 3',
    'gateway_call_seconds_count{tool="listEvents"} 4',
    'gateway_upstream_seconds_count{tool="listEvents",outcome="answered"} 4',
    'gateway_upstream_seconds_count{tool="listEvents",outcome="failed"} 2',
    'gateway_refusals_total{code="insufficient_scope",reason=""} 1',
    'gateway_refusals_total{code="invalid_token",reason="ACCESS_TOKEN_NOT_JWS"} 1',
    'gateway_refusals_total{code="unknown_tool",reason=""} 3',
  ]) {
    t.ok(got.text.includes(`${line}\n`), line);
  }
  t.match(got.text, /^gateway_keys_age_seconds \d/m);
  t.match(got.text, /^process_cpu_seconds_total /m, 'and those of the process');
  for (const secret of [
    'auth0|person',
    'tpc_client',
    'chosen-by-the-client',
    await issuer.token(),
  ]) {
    t.notOk(got.text.includes(secret), 'nobody is in a label');
  }
});

t.test(
  'GET /metrics is for who carries METRICS_TOKEN, and nowhere without the setting',
  async (t) => {
    const { send } = await setStage(t, { env: { METRICS_TOKEN } });
    for (const authorization of [
      '',
      METRICS_TOKEN,
      `Bearer ${METRICS_TOKEN}x`,
      `bearer ${METRICS_TOKEN}`,
    ]) {
      t.equal((await send('/metrics', { headers: { authorization } })).status, 401);
    }
    t.equal((await send('/metrics')).status, 401);
    const unset = await setStage(t);
    t.equal((await unset.send('/metrics', { headers })).status, 404);
  },
);

t.test('what becomes of clients, deliveries and sweeps has its counters', async (t) => {
  const metrics = createMetrics({
    tools: new Set(),
    keysAgeSeconds: () => undefined,
    keysStale: () => true,
    lanes: () => [],
    shared: () => 'off',
  });
  for (const last of ['delivery', 'sweep']) {
    t.match(await metrics.text(), `gateway_last_${last}_age_seconds -1\n`);
  }
  metrics.clientOutcome('promote', 'promoted');
  metrics.foreign(4);
  metrics.delivery(3, 1);
  metrics.sweep(2);
  const text = await metrics.text();
  for (const line of [
    'gateway_clients_total{verdict="promote",outcome="promoted"} 1',
    'gateway_log_records_total{kind="good"} 3',
    'gateway_log_records_total{kind="broken"} 1',
    'gateway_sweep_clients_total 2',
    'gateway_foreign_clients 4',
    'gateway_keys_age_seconds -1',
  ]) {
    t.ok(text.includes(`${line}\n`), line);
  }
  for (const gauge of ['last_delivery', 'last_sweep']) {
    const seconds = new RegExp(`^gateway_${gauge}_age_seconds (\\S+)$`, 'm').exec(text)?.[1];
    t.ok(Number(seconds) >= 0 && Number(seconds) < 60, `${gauge} is now`);
  }
});

t.test('a scrape asks how it stands with backends and shared counters', async (t) => {
  const lane = { tool: 'a', busy: 2, waiting: 3 };
  let breaker: 'closed' | 'open' | 'half_open' = 'closed';
  let shared: 'off' | 'down' | 'up' = 'off';
  const metrics = createMetrics({
    tools: new Set(['a']),
    keysAgeSeconds: () => 7,
    keysStale: () => false,
    lanes: () => [{ ...lane, breaker }],
    shared: () => shared,
  });
  const has = async (...lines: string[]): Promise<void> => {
    const text = await metrics.text();
    for (const line of lines) t.ok(text.includes(`${line}\n`), line);
  };
  await has('gateway_calls_busy{tool="a"} 2', 'gateway_calls_waiting{tool="a"} 3');
  await has('gateway_keys_age_seconds 7', 'gateway_redis_up -1');
  for (const [word, value] of [
    ['down', 0],
    ['up', 1],
  ] as const) {
    shared = word;
    await has(`gateway_redis_up ${value}`);
  }
  for (const state of ['open', 'half_open', 'closed'] as const) {
    breaker = state;
    await has(
      ...['closed', 'open', 'half_open'].map(
        (word) => `gateway_breaker_state{tool="a",state="${word}"} ${word === state ? 1 : 0}`,
      ),
    );
  }
});

t.test('a gateway tells its breakers and queues by tool', async (t) => {
  const { send, call, backend } = await setStage(t, {
    env: { METRICS_TOKEN, BREAKER_FAILURES: '2', RATE_LIMIT_PER_MINUTE: '1' },
  });
  backend.answer = (response) => void response.destroy();
  await call('listEvents');
  await call('listEvents');
  const { text } = await send('/metrics', { headers });
  for (const line of [
    'gateway_breaker_state{tool="listEvents",state="open"} 1',
    'gateway_calls_busy{tool="listEvents"} 0',
    'gateway_calls_waiting{tool="listEvents"} 0',
    'gateway_refusals_total{code="too_many_requests",reason="caller"} 1',
    'gateway_redis_up -1',
  ]) {
    t.ok(text.includes(`${line}\n`), line);
  }
});
