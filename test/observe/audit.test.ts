import t from 'tap';
import { nowSeconds } from '../issuer.ts';
import { type AnswerWith, json } from '../recorder.ts';
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

const slow = { name: 'slow', scopes: ['events:read'], timeoutMs: 40 };
const tools = [{ name: 'listEvents', scopes: ['events:read'] }, slow];

t.test('however a call ends, it has exactly one line', async (t) => {
  const env = { RATE_LIMIT_PER_MINUTE: '0', BODY_LIMIT: '2048', BREAKER_FAILURES: '0' };
  const { backend, gateway, call, mcp, send, issuer } = await setStage(t, { tools, env });
  const headers = bearer(await issuer.token());
  const half: AnswerWith = (response) => {
    response.writeHead(200, { 'content-length': 200_000 }).write('x'.repeat(100_000));
    setTimeout(() => response.destroy(), 20);
  };
  const redirect: AnswerWith = (response) => void response.writeHead(302, { location: '/' }).end();
  const over = (name: string, answer: AnswerWith, more: object) =>
    (['rest', 'mcp'] as const).map((door) => {
      const act = async (): Promise<unknown> => {
        backend.answer = answer;
        if (door === 'rest') return call(name).catch(() => 'broken off');
        return mcp('tools/call', { name });
      };
      return [`${name} over ${door}`, act, { tool: name, ...more }] as const;
    });
  const failed = { message: 'refused', code: 'upstream_failed' };
  const table: (readonly [what: string, act: () => Promise<unknown>, line: object])[] = [
    ...over('listEvents', json({}), { message: 'call', outcome: 'ok', status: 200 }),
    ...over('listEvents', json({}, 404), { message: 'call', outcome: 'tool_4xx', status: 404 }),
    ...over('listEvents', json({}, 503), { message: 'call', outcome: 'tool_5xx', status: 503 }),
    ...over('slow', () => {}, { message: 'refused', code: 'upstream_timeout', level: 'error' }),
    ...over('listEvents', (response) => void response.destroy(), { ...failed, level: 'error' }),
    ...over('listEvents', redirect, { ...failed, reason: 'redirected' }),
    ...over('listEvents', half, failed),
    ['body too large', () => call('listEvents', 'x'.repeat(3000)), { code: 'body_too_large' }],
    ['no JSON', () => call('listEvents', '{'), { code: 'invalid_request', tool: 'listEvents' }],
    ['no JSON over mcp', () => send('/mcp', { body: '{', headers }), { code: 'invalid_request' }],
    ['no message', () => send('/mcp', { body: [], headers }), { reason: 'protocol' }],
    [
      'another version',
      () => mcp('ping', {}, { headers: { ...headers, 'mcp-protocol-version': '1999-01-01' } }),
      { code: 'invalid_request', reason: 'protocol', ...person },
    ],
    ['no route', () => send('/nothing'), { code: 'not_found', status: 404 }],
    ['no URL', () => send('/tools/%zz'), { code: 'invalid_request', ms: undefined }],
  ];
  for (const [what, act, line] of table) {
    const before = gateway.lines.length;
    await act();
    while (gateway.lines.length === before) await new Promise(setImmediate);
    await new Promise(setImmediate);
    t.equal(gateway.lines.length, before + 1, `${what}: one line`);
    t.match(gateway.lines.at(-1), { request_id: /^[0-9a-f-]{36}$/, ...line }, what);
  }
});

t.test('a client that goes away leaves one line and no error', async (t) => {
  const { backend, gateway, call, mcp } = await setStage(t);
  const goes: [string, (signal: AbortSignal) => Promise<unknown>][] = [
    ['rest', (signal) => call('listEvents', {}, { signal })],
    ['mcp', (signal) => mcp('tools/call', { name: 'listEvents' }, { signal })],
  ];
  for (const [door, go] of goes) {
    const before = gateway.lines.length;
    const leaving = new AbortController();
    backend.answer = () => leaving.abort();
    await t.rejects(go(leaving.signal), { name: 'AbortError' }, door);
    while (gateway.lines.length === before) await new Promise(setImmediate);
    t.equal(gateway.lines.length, before + 1);
    t.match(gateway.lines.at(-1), {
      level: 'info',
      granted: false,
      code: 'upstream_failed',
      reason: 'client_gone',
      tool: 'listEvents',
      ms: Number,
      ...person,
    });
  }
});

t.test('a client that goes away in the middle of a long answer does, too', async (t) => {
  const { backend, gateway, issuer } = await setStage(t);
  backend.answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).write('x'.repeat(100_000));
  };
  const leaving = new AbortController();
  const { body } = await fetch(`${gateway.url}/tools/listEvents`, {
    method: 'POST',
    headers: bearer(await issuer.token()),
    signal: leaving.signal,
  });
  await body?.getReader().read();
  leaving.abort();
  while (gateway.lines.length === 0) await new Promise(setImmediate);
  await new Promise(setImmediate);
  t.equal(gateway.lines.length, 1);
  t.match(gateway.lines[0], { level: 'info', reason: 'client_gone', ...person });
});

t.test('a machine and an organization are named as what they are', async (t) => {
  const { gateway, call, issuer } = await setStage(t);
  const claims = { gty: 'client-credentials', org_id: 'org_a' };
  await call('listEvents', {}, { headers: bearer(await issuer.token(claims)) });
  t.match(gateway.lines[0], { message: 'call', org_id: 'org_a', machine: true, ...person });
});
