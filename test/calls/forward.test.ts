import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import t, { type Test } from 'tap';
import { createVerifier } from '../../examples/backend/verify.ts';
import { holdTimers, stopClocks } from '../fixtures/clocks.ts';
import { json, type Received } from '../recorder.ts';
import { bearer, parsed } from '../send.ts';
import { type Entry, hmacSecret, type Stage, setStage } from '../stage.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** The backend's own judge of the signature. */
const judge = (backendUrl: string, secrets = [hmacSecret]) => {
  const verify = createVerifier({ secrets, authority: new URL(backendUrl).host });
  return ({ method, path, rawHeaders, body }: Received) =>
    verify({ method, path, authority: '', headers: rawHeaders, body: Buffer.from(body) });
};

const only = ({ backend }: Stage, t: Test): Received => {
  const [first, second] = backend.received;
  t.equal(second, undefined, 'one request');
  if (!first) throw new Error('nothing was received');
  return first;
};

t.test('what the backend gets, to the letter', async (t) => {
  const stage = await setStage(t, { tools: [{ name: 'add', path: 'v1/add.json' }] });
  const { issuer, backend, call } = stage;
  const claims = { sub: 'auth0|jö 100%', azp: 'https://client.example/id', scope: 'a  b' };
  const headers = {
    ...bearer(await issuer.token(claims)),
    cookie: 'session=1',
    traceparent,
    tracestate: 'vendor=1',
    accept: 'text/html',
    'accept-encoding': 'gzip',
    'user-agent': 'somebody/1',
    'x-anything': 'else',
  };
  const before = Math.floor(Date.now() / 1000);
  const got = await call('add', '{ "b": 1,\n "a": [1.50], "b": 2 }', { headers });
  t.equal(got.status, 200);
  const received = only(stage, t);
  t.equal(received.method, 'POST');
  t.equal(received.path, '/v1/add.json');
  t.equal(received.body, '{"b":2,"a":[1.5]}', 'serialised anew: one reading for every parser');
  const {
    signature,
    'signature-input': input,
    'content-digest': digest,
    ...rest
  } = received.headers;
  t.same(rest, {
    host: new URL(backend.url).host,
    connection: 'keep-alive',
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    'content-length': '17',
    'x-user-id': 'auth0|j%C3%B6%20100%25',
    'x-client-id': 'https://client.example/id',
    'x-scopes': 'a b',
    'x-tool-name': 'add',
    'x-request-id': got.headers['x-request-id'],
    traceparent,
  });
  t.ok(signature && digest);
  const created = Number(/;created=(\d+);/.exec(String(input))?.[1]);
  t.ok(created >= before && created * 1000 <= Date.now(), 'signed now, and not in the future');
  t.same(judge(backend.url)(received), {
    ok: true,
    identity: {
      userId: 'auth0|jö 100%',
      clientId: 'https://client.example/id',
      scopes: ['a', 'b'],
      toolName: 'add',
      requestId: got.headers['x-request-id'],
    },
  });
});

t.test('the base of the backend may have a path, and a rotated secret signs first', async (t) => {
  const env = { FUNCTIONS_BASE: '', GATEWAY_HMAC_SECRET: `new-${hmacSecret},${hmacSecret}` };
  const other = await setStage(t);
  const stage = await setStage(t, {
    env: { ...env, FUNCTIONS_BASE: `${other.backend.url}/base/functions/` },
  });
  t.equal((await stage.call('listEvents')).status, 200);
  const received = only(other, t);
  t.equal(received.path, '/base/functions/listEvents');
  t.match(judge(other.backend.url, [`new-${hmacSecret}`])(received), { ok: true });
  t.match(judge(other.backend.url)(received), { ok: false, reason: 'unknown_key' });
});

t.test('a public tool called by nobody is signed without an identity', async (t) => {
  const stage = await setStage(t, { tools: [{ name: 'look', public: true }] });
  await stage.send('/tools/look', { body: {} });
  const received = only(stage, t);
  for (const name of ['x-user-id', 'x-client-id', 'x-scopes'])
    t.equal(received.headers[name], undefined);
  t.match(judge(stage.backend.url)(received), { ok: true, identity: { scopes: { length: 0 } } });
});

t.test('without a secret a call to loopback goes unsigned', async (t) => {
  const stage = await setStage(t, { env: { GATEWAY_HMAC_SECRET: '' } });
  t.equal((await stage.call('listEvents')).status, 200);
  t.equal(only(stage, t).headers['signature'], undefined);
});

t.test('only a well-formed traceparent is taken over', async (t) => {
  const stage = await setStage(t);
  const broken = [
    'nonsense',
    traceparent.toUpperCase(),
    `${traceparent}-more`,
    traceparent.replace('00-', 'ff-'),
    traceparent.replace(/-[0-9a-f]{32}-/, `-${'0'.repeat(32)}-`),
    traceparent.replace(/-[0-9a-f]{16}-/, `-${'0'.repeat(16)}-`),
    [traceparent, traceparent],
  ];
  for (const value of broken)
    await stage.call('listEvents', {}, { headers: { traceparent: value } });
  t.equal(stage.backend.received.length, broken.length);
  for (const { headers } of stage.backend.received) t.equal(headers['traceparent'], undefined);
});

const readOnly: Entry = { name: 'read', annotations: { readOnlyHint: true } };
const idempotent: Entry = { name: 'put', annotations: { idempotentHint: true } };
const writing: Entry = { name: 'write', annotations: { readOnlyHint: false } };
const tools = [readOnly, idempotent, writing];

const refuseFirst = (times: number) => {
  let left = times;
  return (response: ServerResponse, received: Received): void => {
    left -= 1;
    if (left >= 0) response.destroy();
    else json({ served: true })(response, received);
  };
};

for (const { name } of [readOnly, idempotent])
  t.test(`a call of ${name} that met a reset is made once more, signed anew`, async (t) => {
    const { backend, call } = await setStage(t, { tools, answer: refuseFirst(1) });
    t.same(parsed(await call(name)), { served: true });
    t.equal(backend.received.length, 2);
    const verify = judge(backend.url);
    for (const received of backend.received) t.match(verify(received), { ok: true });
    const ids = backend.received.map(({ headers }) => headers['x-request-id']);
    t.equal(ids[0], ids[1], 'it is the same request');

    backend.answer = refuseFirst(2);
    t.equal((await call(name)).status, 502);
    t.equal(backend.received.length, 4, 'once and no more');
  });

t.test('no other call is made twice', async (t) => {
  const { backend, call } = await setStage(t, { tools, answer: refuseFirst(1) });
  t.equal((await call('write')).status, 502);
  t.equal(backend.received.length, 1, 'its tool may have acted');
  backend.answer = (response) => {
    response.writeHead(200, { 'content-length': '2' }).write('{');
    setImmediate(() => response.destroy());
  };
  t.equal((await call('read')).status, 502);
  t.equal(backend.received.length, 2, 'a byte was answered');
  backend.answer = json({}, 500);
  t.equal((await call('read')).status, 500);
  t.equal(backend.received.length, 3, 'an error is an answer');
});

t.test("the deadline is the tool's own and covers the second attempt", async (t) => {
  const running = holdTimers(t, 100_000, 1000);
  const pass = stopClocks(t);
  const left: number[] = [];
  const { call } = await setStage(t, {
    tools: [{ ...readOnly, timeoutMs: 100_000 }],
    answer: (response) => {
      const deadlines = running().filter(({ ms }) => ms > 50_000);
      left.push(...deadlines.map(({ ms }) => ms));
      pass(30_000);
      if (left.length === 1) response.destroy();
      else for (const deadline of deadlines) deadline.end();
    },
  });
  t.equal((await call('read')).status, 504);
  t.same(left, [100_000, 70_000], 'not twice the deadline');
});

for (const door of ['call', 'mcp'] as const)
  t.test(`a client that hangs up ends the call at the backend (${door})`, async (t) => {
    const asked = new EventEmitter();
    const answer = (response: ServerResponse) => void asked.emit('asked', response);
    const { gateway, backend, [door]: act } = await setStage(t, { tools, answer });
    const controller = new AbortController();
    const arrival = once(asked, 'asked');
    const { signal } = controller;
    const call =
      door === 'call'
        ? act('read', {}, { signal })
        : act('tools/call', { name: 'read' }, { signal });
    const failed = t.rejects(call);
    const [response] = await arrival;
    const closed = once(response, 'close');
    controller.abort();
    await Promise.all([failed, closed]);
    t.equal(backend.received.length, 1, 'not tried again');
    const line = gateway.lines.find(({ granted }) => granted === false);
    t.match(line, { level: 'info', code: 'upstream_failed', reason: 'client_gone', tool: 'read' });
  });
