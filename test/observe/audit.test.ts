import t from 'tap';
import { nowSeconds } from '../issuer.ts';
import { bearer } from '../send.ts';
import { setStage } from '../stage.ts';

const person = { client_id: 'tpc_client', sub: 'auth0|person' };

t.test('exactly one line for a call, over either door', async (t) => {
  const { gateway, call, mcp } = await setStage(t);
  const answers = [await call('listEvents'), await mcp('tools/call', { name: 'listEvents' })];
  t.equal(gateway.lines.length, 2);
  for (const [index, line] of gateway.lines.entries()) {
    const { time, ms, ...rest } = line;
    t.type(time, 'number');
    t.ok(Number(ms) > 0 && Number(ms) < 60_000, 'milliseconds');
    t.strictSame(rest, {
      level: 'info',
      severity: 'INFO',
      granted: true,
      outcome: 'ok',
      tool: 'listEvents',
      ...person,
      request_id: answers[index]?.headers['x-request-id'],
      status: 200,
      message: 'call',
    });
  }
});

t.test('exactly one line for a refusal, with what is known of it', async (t) => {
  const { issuer, gateway, call, mcp, backend } = await setStage(t);
  const expired = { headers: bearer(await issuer.token({ exp: nowSeconds() - 100 })) };
  const none = { headers: { authorization: [] } };
  const info = { level: 'info', severity: 'INFO', granted: false, message: 'refused' };
  const table: [act: () => Promise<unknown>, line: object][] = [
    [
      () => call('listEvents', {}, none),
      { code: 'missing_token', status: 401, tool: 'listEvents' },
    ],
    [() => mcp('ping', {}, none), { code: 'missing_token', status: 401 }],
    [
      () => call('listEvents', {}, expired),
      { code: 'invalid_token', reason: 'expired', status: 401, tool: 'listEvents' },
    ],
    [
      () => call('addEvent'),
      { code: 'insufficient_scope', status: 403, tool: 'addEvent', ...person },
    ],
    [
      () => mcp('tools/call', { name: 'addEvent' }),
      { code: 'insufficient_scope', status: 403, tool: 'addEvent', ...person },
    ],
    [
      () => mcp('tools/call', { name: 'nothing' }),
      { code: 'unknown_tool', status: 404, tool: 'nothing', ...person },
    ],
    [
      () => mcp('tools/call', { name: 'listEvents', arguments: 7 }),
      { code: 'invalid_input', status: 400, tool: 'listEvents', ...person },
    ],
  ];
  for (const [act, expected] of table) {
    const before = gateway.lines.length;
    await act();
    t.equal(gateway.lines.length, before + 1, 'one line');
    const { time: _time, request_id, ms, outcome, ...rest } = gateway.lines.at(-1) ?? {};
    t.match(request_id, /^[0-9a-f-]{36}$/);
    t.ok(Number(ms) > 0 && Number(ms) < 60_000, 'milliseconds');
    t.equal(outcome, rest['code']);
    t.strictSame(rest, { ...info, ...expected });
  }
  backend.close();
  await call('listEvents');
  t.match(gateway.lines.at(-1), {
    level: 'error',
    code: 'upstream_failed',
    err: { type: 'Error', message: /ECONNREFUSED/ },
  });
});
