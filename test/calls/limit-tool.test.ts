import t from 'tap';
import { stopClocks } from '../fixtures/clocks.ts';
import { bearer, type Got, parsed } from '../send.ts';
import { setStage } from '../stage.ts';

const tools = [
  { name: 'export', scopes: ['events:read'], rateLimitPerMinute: 2 },
  { name: 'report', scopes: ['events:read'], rateLimitPerMinute: 2 },
  { name: 'listEvents', scopes: ['events:read'] },
  { name: 'admin', scopes: ['admin'], rateLimitPerMinute: 1 },
];

const quota = ({ headers }: Got) => [headers['ratelimit-policy'], headers['ratelimit']];

t.test('a tool has a limit of its own: per caller, over both doors', async (t) => {
  stopClocks(t);
  const { issuer, backend, call, mcp } = await setStage(t, { tools });
  const one = { headers: bearer(await issuer.token({ sub: 'one' })) };
  const two = { headers: bearer(await issuer.token({ sub: 'two' })) };
  const first = await call('export', {}, one);
  t.match(quota(first), [
    '"caller";q=60;w=60, "tool";q=2;w=60',
    /^"caller";r=59;t=60, "tool";r=1;t=60$/,
  ]);
  const params = { name: 'export', arguments: {} };
  t.equal((await mcp('tools/call', params, one)).status, 200);
  t.equal(backend.received.length, 2);

  const third = await call('export', {}, one);
  t.equal(third.status, 429);
  t.match(parsed(third), { error: 'too_many_requests', reason: 'tool' });
  t.match(third.headers['retry-after'], '60');
  t.match(quota(third)[1], /^"caller";r=57;t=60, "tool";r=0;t=60$/);
  const overMcp = await mcp('tools/call', params, one);
  t.equal(overMcp.status, 429);
  t.match(parsed(overMcp), { id: 7, error: { code: -32001, data: { reason: 'tool' } } });
  t.equal(backend.received.length, 2, 'neither reached the backend');

  t.equal((await call('report', {}, one)).status, 200, 'another tool counts apart');
  const plain = await call('listEvents', {}, one);
  t.equal(plain.headers['ratelimit-policy'], '"caller";q=60;w=60', 'and this one not at all');
  t.equal((await call('export', {}, two)).status, 200, 'so does another caller');
});

t.test('who may not call a tool does not use it up', async (t) => {
  const { issuer, call } = await setStage(t, { tools });
  for (let i = 0; i < 3; i += 1) t.equal((await call('admin')).status, 403);
  const allowed = { headers: bearer(await issuer.token({ scope: 'admin' })) };
  t.equal((await call('admin', {}, allowed)).status, 200);
});

t.test('the limit of a tool holds where callers have none', async (t) => {
  const { call } = await setStage(t, { tools, env: { RATE_LIMIT_PER_MINUTE: '0' } });
  t.equal((await call('export')).status, 200);
  const second = await call('export');
  t.match(quota(second), ['"tool";q=2;w=60', /^"tool";r=0;t=60$/]);
  t.equal((await call('export')).status, 429);
});

t.test('a public tool counts for the address of who has no token, ten times as much', async (t) => {
  const open = [{ name: 'weather', public: true, rateLimitPerMinute: 1 }];
  const { send, call } = await setStage(t, { tools: open });
  const statuses = new Map<number, number>();
  for (let i = 0; i < 12; i += 1) {
    const { status } = await send('/tools/weather', { body: {} });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  t.same(Object.fromEntries(statuses), { 200: 10, 429: 2 });
  t.equal((await call('weather')).status, 200, 'who has one counts for itself');
});
