import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { bind } from './gateway.ts';
import { addressOf, spawnGateway } from './gateway-process.ts';
import { audience, startIssuer } from './issuer.ts';
import { json, startRecorder } from './recorder.ts';
import { bearer, send } from './send.ts';

t.jobs = 4;

async function settings(t: Test, answer = json({})) {
  const issuer = await startIssuer(t);
  const backend = await startRecorder(t, answer);
  const env = {
    OAUTH_ISSUER: issuer.issuer,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: backend.url,
    GATEWAY_HMAC_SECRET: 'hmac-secret-of-the-tests-0123456789',
    TOOL_SCOPES_JSON: '{"listEvents":["events:read"]}',
    HOST: '127.0.0.1',
    PORT: '0',
  };
  return { issuer, backend, env };
}

t.test(
  'wrong settings and a wrong catalog stop the start with 78 and one list',
  { buffered: true },
  async (t) => {
    const TOOLS_FILE = `${t.testdir({ 'tools.json': '{"tools":[{"name":"a b"}]}' })}/tools.json`;
    const GATEWAY_HMAC_SECRET = 'short';
    const gateway = spawnGateway(t, {
      TOOLS_FILE,
      GATEWAY_HMAC_SECRET,
      PORT: 'high',
      FUNCTIONS_BASE: 'x',
    });
    const { code, stderr } = await gateway.ended;
    t.equal(code, 78);
    const [head, ...problems] = stderr.trimEnd().split('\n');
    t.equal(head, `The settings of the gateway are wrong (${problems.length}):`);
    for (const name of [
      'OAUTH_ISSUER',
      'OAUTH_AUDIENCE',
      'FUNCTIONS_BASE',
      'PORT',
      'GATEWAY_HMAC_SECRET',
      'TOOLS_FILE',
    ]) {
      const lines = problems.filter((problem) => problem.startsWith(`  ${name} `));
      t.equal(lines.length, 1, name);
      t.match(lines[0], /\. .+\.$/, 'what is wrong, and what to write instead');
    }
    t.notMatch(stderr, 'short.', 'no secret is repeated');
    t.same(gateway.lines, []);
  },
);

t.test(
  'a catalog of blanks is none, beside another one or alone',
  { buffered: true },
  async (t) => {
    const { env } = await settings(t);
    const none = spawnGateway(t, { ...env, TOOL_SCOPES_JSON: '  ' });
    const { code, stderr } = await none.ended;
    t.equal(code, 78);
    t.match(stderr, 'are wrong (1):\n  TOOLS_FILE is not set.');
    const one = spawnGateway(t, { ...env, TOOLS_FILE: '  ' });
    await one.line('Server listening');
    one.child.kill('SIGTERM');
    t.match(await one.ended, { code: 0 });
  },
);

t.test(
  'it starts, warns, serves, and ends clean when nothing is to do',
  { buffered: true },
  async (t) => {
    const { issuer, env } = await settings(t);
    const gateway = spawnGateway(t, {
      ...env,
      OAUTH_AUDIENCE: audience,
      PUBLIC_URL: 'https://other.example',
    });
    const url = await addressOf(gateway);
    t.match(await gateway.line('Promotion is off'), { level: 'warn' });
    t.match(await gateway.line('OAUTH_AUDIENCE is not'), { level: 'warn' });
    t.match(await gateway.line('tool listEvents: its annotations were'), { level: 'warn' });
    t.equal((await send(`${url}/health/live`)).status, 200);
    const headers = bearer(await issuer.token());
    t.equal((await send(`${url}/tools/listEvents`, { body: {}, headers })).status, 200);
    gateway.child.kill('SIGINT');
    t.same(await gateway.ended, { code: 0, stderr: '' });
    t.match(await gateway.line('closing'), { signal: 'SIGINT' });
  },
);

t.test(
  'SIGTERM lets a call in flight finish; idle connections do not hold it',
  { buffered: true },
  async (t) => {
    const asked = new EventEmitter();
    const answer = (response: ServerResponse) => void asked.emit('asked', response);
    const { issuer, env } = await settings(t, answer);
    const gateway = spawnGateway(t, env);
    const url = await addressOf(gateway);
    const idle = connect(Number(new URL(url).port), '127.0.0.1');
    idle.write('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(idle, 'data');

    const arrival = once(asked, 'asked');
    const headers = bearer(await issuer.token());
    const call = send(`${url}/tools/listEvents`, { body: {}, headers });
    const [response] = await arrival;
    const idleClosed = once(idle, 'close');
    gateway.child.kill('SIGTERM');
    await gateway.line('closing');
    await idleClosed;
    const late = connect(Number(new URL(url).port), '127.0.0.1');
    const [refused] = await once(late, 'error');
    t.match(refused.code, /^ECONN(REFUSED|RESET)$/, 'nobody new is let in');
    json({ finished: true })(response, {
      method: '',
      path: '',
      rawHeaders: [],
      headers: {},
      body: '',
    });
    t.match(await call, { status: 200, text: '{"finished":true}' });
    t.same(await gateway.ended, { code: 0, stderr: '' });
  },
);

t.test('a second signal does not wait', { buffered: true }, async (t) => {
  const asked = new EventEmitter();
  const { issuer, env } = await settings(t, () => void asked.emit('asked'));
  const gateway = spawnGateway(t, env);
  const url = await addressOf(gateway);
  const arrival = once(asked, 'asked');
  const headers = bearer(await issuer.token());
  const call = t.rejects(send(`${url}/tools/listEvents`, { body: {}, headers }));
  await arrival;
  gateway.child.kill('SIGTERM');
  await gateway.line('closing');
  gateway.child.kill('SIGTERM');
  t.match(await gateway.ended, { code: 1 });
  t.match(await gateway.line('second SIGTERM'), { level: 'error' });
  await call;
});

t.test(
  'a port that is taken ends the process with an error in the log',
  { buffered: true },
  async (t) => {
    const { env } = await settings(t);
    const { url } = await bind(t);
    const gateway = spawnGateway(t, { ...env, PORT: new URL(url).port });
    t.equal((await gateway.ended).code, 1);
    t.match(await gateway.line('closing'), { err: { message: /EADDRINUSE/ } });
  },
);
