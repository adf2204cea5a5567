import { once } from 'node:events';
import { createServer } from 'node:http';
import t from 'tap';
import { holdTimers, stopClocks } from '../fixtures/clocks.ts';
import { json } from '../recorder.ts';
import { bearer, type Got, parsed } from '../send.ts';
import { type Entry, type Stage, setStage } from '../stage.ts';

t.jobs = 4;

const metricsToken = 'metrics-token-of-the-tests-0123456789';
const tools: readonly Entry[] = [
  { name: 'read', annotations: { readOnlyHint: true } },
  { name: 'write' },
  { name: 'slow', timeoutMs: 100_000 },
];
const env = {
  RATE_LIMIT_PER_MINUTE: '0',
  METRICS_TOKEN: metricsToken,
  BREAKER_FAILURES: '5',
  BREAKER_SECONDS: '60',
};

const errorOf = (got: Got): string => String(parsed(got)['error']);
const refusals = async ({ send }: Stage): Promise<string[]> => {
  const { text } = await send('/metrics', { headers: bearer(metricsToken) });
  return text.split('\n').filter((line) => line.startsWith('gateway_refusals_total{'));
};
const stillReady = async ({ send }: Stage): Promise<boolean> =>
  (await send('/health/ready')).status === 200;

t.test(
  'the backend is down: 502, then spared; back again by itself, and nothing is sent twice',
  { buffered: true },
  async (t) => {
    const stage = await setStage(t, { tools, env });
    const { backend, call, gateway } = stage;
    const pass = stopClocks(t);
    t.equal((await call('write')).status, 200);
    backend.close();
    const statuses: string[] = [];
    for (let i = 0; i < 8; i += 1) {
      const got = await call('write');
      statuses.push(`${got.status} ${errorOf(got)}`);
      if (got.status === 503) t.equal(got.headers['retry-after'], '60');
      t.notMatch(got.text, new URL(backend.url).port, 'nobody learns where the backend is');
    }
    t.same(statuses, [
      ...Array(5).fill('502 upstream_failed'),
      ...Array(3).fill('503 upstream_unavailable'),
    ]);
    t.ok(await stillReady(stage), 'the gateway itself is well: restarting it would help nobody');
    t.ok(
      (await refusals(stage)).some(
        (line) => line.includes('upstream_failed') && line.endsWith(' 5'),
      ),
    );
    t.ok(gateway.lines.some(({ level, code }) => level === 'error' && code === 'upstream_failed'));

    const seen: string[] = [];
    const again = createServer((request, response) => {
      seen.push(String(request.url));
      request.resume();
      response.setHeader('content-type', 'application/json').end('{}');
    });
    again.listen(Number(new URL(backend.url).port), '127.0.0.1');
    await once(again, 'listening');
    t.teardown(() => again.close().closeAllConnections());
    pass(59_000);
    t.equal((await call('write')).status, 503);
    pass(1000);
    t.equal((await call('write')).status, 200);
    t.equal(seen.length, 1, 'one probe, which was a call and was answered');
  },
);

t.test(
  'the backend hangs: each call ends at its deadline, and other tools are as quick as ever',
  { buffered: true },
  async (t) => {
    const deadlines = holdTimers(t, 100_000);
    const stage = await setStage(t, { tools, env });
    const all = Promise.withResolvers<void>();
    const asked: string[] = [];
    stage.backend.answer = (response, received) => {
      asked.push(received.path);
      if (received.path !== '/slow') json({})(response, received);
      else if (asked.length === 5) all.resolve();
    };
    let ended = 0;
    const slow = Array.from({ length: 5 }, () =>
      stage.call('slow').finally(() => {
        ended += 1;
      }),
    );
    await all.promise;
    t.equal((await stage.call('read')).status, 200);
    t.equal(ended, 0, 'long before their deadlines');
    for (const deadline of deadlines()) deadline.end();
    for (const got of await Promise.all(slow))
      t.equal(`${got.status} ${errorOf(got)}`, '504 upstream_timeout');
    t.same(asked, [...Array(5).fill('/slow'), '/read'], 'no second try');
    t.equal((await stage.call('slow')).status, 503, 'spared from now on');
    t.equal((await stage.call('read')).status, 200, 'and only this tool');
    t.ok(await stillReady(stage));
    t.ok(
      (await refusals(stage)).some(
        (line) => line.includes('upstream_timeout') && line.endsWith(' 5'),
      ),
    );
  },
);

t.test(
  'the backend resets in the middle: half an answer never looks like a whole one',
  { buffered: true },
  async (t) => {
    const stage = await setStage(t, { tools, env: { ...env, BREAKER_FAILURES: '0' } });
    const { backend, call, mcp } = stage;
    const half = '{"half":';
    const ways: Record<string, (typeof backend)['answer']> = {
      'a length that does not come': (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write(half, () => response.destroy());
      },
      'chunks that do not end': (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(half, () => response.destroy());
      },
      'a long stream': (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(half + 'x'.repeat(300_000), () => response.destroy());
      },
      'no status line': (response) => void response.socket?.end('nothing\r\n\r\n'),
      'two lengths': (response) =>
        void response.socket?.end(
          'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x',
        ),
      'a header with a NUL': (response) =>
        void response.socket?.end('HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\n{}'),
    };
    for (const [name, way] of Object.entries(ways)) {
      backend.answer = way;
      for (const tool of ['read', 'write']) {
        const got = await call(tool).catch(() => 'broken off' as const);
        t.ok(got === 'broken off' || got.status === 502, `${tool}: ${name}`);
      }
      const got = parsed(await mcp('tools/call', { name: 'write' }));
      t.match(got, { result: { isError: true } }, `MCP: ${name}`);
      t.notMatch(JSON.stringify(got), 'half');
    }
    backend.received.length = 0;
    backend.answer = json({ whole: true });
    t.equal((await call('write')).text, '{"whole":true}', 'no connection is left poisoned');
    t.equal(backend.received.length, 1);
  },
);

t.test(
  'the backend answers more than was asked: no answer is given to the next caller',
  { buffered: true },
  async (t) => {
    const stage = await setStage(t, { tools, env });
    const { backend, issuer, call } = stage;
    backend.answer = (response) => {
      const length = 'Content-Type: application/json\r\nContent-Length: 11';
      const desync = `HTTP/1.1 200 OK\r\n${length}\r\n\r\n{"n":"one"}HTTP/1.1 200 OK\r\n${length}\r\n\r\n{"n":"bad"}`;
      response.socket?.write(desync);
    };
    await call('write');
    backend.answer = (response, { headers }) => response.end(JSON.stringify(headers['x-user-id']));
    for (const sub of ['ada', 'bob', 'cy']) {
      const got = await call('write', {}, { headers: bearer(await issuer.token({ sub })) });
      t.notMatch(got.text, 'bad');
      t.ok(got.status === 502 || got.text === `"${sub}"`, `${sub}: ${got.status}`);
    }
  },
);
