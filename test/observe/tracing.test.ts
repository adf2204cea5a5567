import t from 'tap';
import { tellExports } from '../../src/observe/tracing.ts';
import { startCollector } from '../collector.ts';
import type { Env } from '../gateway.ts';
import { addressOf, spawnGateway } from '../gateway-process.ts';
import { json } from '../recorder.ts';
import { bearer } from '../send.ts';
import { setStage } from '../stage.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const METRICS_TOKEN = 'metrics-token-0123456789';

t.test('a call is a span under the client, the exchange one under the call', async (t) => {
  const collector = await startCollector(t);
  const { issuer, backend, gateway, call } = await setStage(t, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, OTEL_SERVICE_NAME: 'tools' },
  });
  const token = await issuer.token();
  await call('listEvents', {}, { headers: { ...bearer(token), traceparent } });
  await gateway.close();

  t.equal(collector.recorder.received[0]?.path, '/v1/traces');
  t.equal(collector.recorder.received[0]?.headers['content-type'], 'application/json');
  t.match(collector.resource(), { 'service.name': 'tools' });
  const [exchange, request] = collector.spans;
  t.equal(collector.spans.length, 2);
  t.match(request, {
    name: 'POST /tools/:toolName',
    kind: 2,
    traceId,
    parentSpanId: '00f067aa0ba902b7',
    status: 0,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/tools/:toolName',
      'http.response.status_code': 200,
      'gateway.tool': 'listEvents',
      'gateway.outcome': 'ok',
      'gateway.request_id': gateway.lines.at(-1)?.['request_id'],
    },
  });
  t.match(exchange, {
    name: 'POST listEvents',
    kind: 3,
    traceId,
    parentSpanId: request?.spanId,
    status: 0,
    attributes: { 'gateway.tool': 'listEvents', 'http.response.status_code': 200 },
  });
  t.equal(
    backend.received[0]?.headers['traceparent'],
    `00-${traceId}-${exchange?.spanId}-01`,
    'the backend continues our span',
  );
  t.match(gateway.lines.at(-1), { message: 'call', trace_id: traceId }, 'the log leads to it');
  const sent = JSON.stringify(collector.recorder.received.map(({ body }) => body));
  for (const secret of ['auth0|person', 'tpc_client', token, new URL(backend.url).host]) {
    t.notOk(sent.includes(secret), 'nobody is in a span');
  }
});

t.test('refusals, failures and retries show as what they are', async (t) => {
  const collector = await startCollector(t);
  const { backend, gateway, call, mcp, send } = await setStage(t, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, METRICS_TOKEN },
  });
  await call('chosen-by-the-client', {}, { headers: bearer('opaque') });
  await mcp('tools/call', { name: 'addEvent' });
  backend.answer = json({}, 500);
  await call('listEvents');
  backend.answer = (response) => void response.destroy();
  await call('listEvents');
  await send('/nothing', { headers: { traceparent: 'none' } });
  for (const path of ['/health/live', '/health/ready', '/metrics']) await send(path);
  await gateway.close();

  const told = collector.spans.map(({ name, kind, status, attributes }) => ({
    name,
    kind,
    status,
    tool: attributes['gateway.tool'],
    outcome: attributes['gateway.outcome'],
    reason: attributes['gateway.reason'],
    code: attributes['http.response.status_code'],
    error: attributes['error.type'],
    resend: attributes['http.request.resend_count'],
  }));
  const rest = { name: 'POST /tools/:toolName', kind: 2 };
  const exchange = { name: 'POST listEvents', kind: 3, status: 2, tool: 'listEvents' };
  t.match(told, [
    {
      ...rest,
      tool: '(unknown)',
      outcome: 'invalid_token',
      reason: 'ACCESS_TOKEN_NOT_JWS',
      code: 401,
      error: undefined,
    },
    { name: 'POST /mcp', tool: 'addEvent', outcome: 'insufficient_scope', code: 403 },
    { ...exchange, code: 500, error: '500', resend: undefined },
    { ...rest, tool: 'listEvents', outcome: 'tool_5xx', code: 500, status: 2, error: '500' },
    { ...exchange, code: undefined, error: 'failed', resend: undefined },
    { ...exchange, code: undefined, error: 'failed', resend: 1 },
    { ...rest, outcome: 'upstream_failed', code: 502, status: 2, error: '502' },
    { name: 'GET', kind: 2, code: 404 },
  ]);
  t.equal(told.length, 8, 'neither health nor metrics');
});

t.test('a long answer is one span to its last byte', async (t) => {
  const collector = await startCollector(t);
  const { gateway, call } = await setStage(t, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    answer: (response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).write('x'.repeat(100_000));
      setTimeout(() => response.end('y'), 50);
    },
  });
  t.equal((await call('listEvents')).text.length, 100_001);
  await gateway.close();
  t.equal(collector.spans.length, 2);
  for (const { status, attributes, ...span } of collector.spans) {
    t.equal(status, 0);
    t.match(attributes, { 'gateway.tool': 'listEvents', 'http.response.status_code': 200 });
    t.ok(span.milliseconds >= 45, span.name);
  }
});

t.test(
  'a trace that begins here is kept by the share, one of the client by its flag',
  async (t) => {
    const collector = await startCollector(t);
    const { backend, gateway, issuer, call } = await setStage(t, {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '0' },
    });
    const token = bearer(await issuer.token());
    await call('listEvents');
    await call(
      'listEvents',
      {},
      { headers: { ...token, traceparent: traceparent.replace(/1$/, '0') } },
    );
    await call('listEvents', {}, { headers: { ...token, traceparent } });
    await gateway.close();
    t.same(
      collector.spans.map((span) => span.traceId),
      [traceId, traceId],
      'the last call and its exchange',
    );
    const [fresh, unsampled] = backend.received.map(({ headers }) => headers['traceparent']);
    t.match(fresh, /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    t.match(unsampled, new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  },
);

t.test('a collector that takes nothing costs traces, never calls; the log says so', async (t) => {
  const collector = await startCollector(t);
  collector.recorder.answer = json({}, 400);
  const { gateway, call } = await setStage(t, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  });
  t.equal((await call('listEvents')).status, 200);
  await gateway.close();
  t.match(gateway.lines.at(-1), {
    level: 'warn',
    message: 'traces are lost: the collector does not take them',
    err: { message: 'Bad Request' },
  });
});

t.test('what becomes of exports is counted, and told once at each change', async (t) => {
  const told: string[] = [];
  const onExport = tellExports(
    { warn: (_line: object, message: string) => told.push(message) },
    { spans: (count: number, outcome: string) => told.push(`${count} ${outcome}`) },
  );
  for (const error of [undefined, new Error('no'), new Error('no'), undefined, undefined]) {
    onExport(2, error);
  }
  t.same(told, [
    '2 exported',
    '2 lost',
    'traces are lost: the collector does not take them',
    '2 lost',
    '2 exported',
    'traces arrive again',
    '2 exported',
  ]);
});

const settings: Env = {
  OAUTH_ISSUER: 'http://127.0.0.1:9',
  OAUTH_AUDIENCE: 'https://gateway.example.com/mcp',
  FUNCTIONS_BASE: 'http://127.0.0.1:9',
  TOOL_SCOPES_JSON: '{"listEvents":[]}',
  HOST: '127.0.0.1',
  PORT: '0',
};

/** Tells at the end which packages of OpenTelemetry were loaded; the API belongs to prom-client. */
const spy = String.raw`import { registerHooks } from 'node:module';
const loaded = new Set();
registerHooks({ load(url, context, next) {
  const [, name] = /@opentelemetry\/([^/]+)/.exec(url) ?? [];
  if (name && name !== 'api') loaded.add(name);
  return next(url, context);
} });
process.on('exit', () => process.stderr.write([...loaded].sort().join()));`;

t.test('nothing of OpenTelemetry is loaded unless there is a collector', async (t) => {
  const start = async (env: Env): Promise<string> => {
    const hook = `--import=data:text/javascript,${encodeURIComponent(spy)}`;
    const gateway = spawnGateway(t, { ...settings, ...env }, [hook]);
    await addressOf(gateway);
    gateway.child.kill('SIGTERM');
    return (await gateway.ended).stderr;
  };
  const [off, on] = await Promise.all([
    start({}),
    start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }),
  ]);
  t.equal(off, '');
  t.match(on, /exporter-trace-otlp-http.*sdk-trace/, 'the spy sees what is loaded');
});
