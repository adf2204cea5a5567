import t, { type Test } from 'tap';
import { holdTimers } from '../fixtures/clocks.ts';
import { nowSeconds } from '../issuer.ts';
import { type AnswerWith, json } from '../recorder.ts';
import { bearer, type Got, type Sent } from '../send.ts';
import { hmacSecret, type Stage, setStage } from '../stage.ts';

const METRICS_TOKEN = 'metrics-token-0123456789';
const management = 'management-secret-0123456789';
const webhook = 'webhook-secret-0123456789';

const env = {
  LOG_LEVEL: 'trace',
  GATEWAY_HMAC_SECRET: `${hmacSecret},older-${hmacSecret}`,
  METRICS_TOKEN,
  MGMT_DOMAIN: 'http://127.0.0.1:9',
  MGMT_CLIENT_ID: 'm2m',
  MGMT_CLIENT_SECRET: management,
  LOG_WEBHOOK_SECRET: webhook,
  SWEEP_INTERVAL: '0',
  BODY_LIMIT: '4096',
};

const tools = [
  {
    name: 'listEvents',
    scopes: ['events:read'],
    annotations: { readOnlyHint: true },
    timeoutMs: 100_000,
  },
  { name: 'addEvent', scopes: ['events:write'] },
];

async function everyToken({ issuer }: Stage): Promise<string[]> {
  const good = await issuer.token();
  const [header = '', payload = '', signature = ''] = good.split('.');
  return [
    good,
    await issuer.token({ scope: '' }),
    await issuer.token({ exp: nowSeconds() - 100 }),
    await issuer.token({ nbf: nowSeconds() + 1000 }),
    await issuer.token({ iss: 'https://other.example/' }),
    await issuer.token({ aud: 'https://other.example' }),
    await issuer.token({ cnf: { jkt: 'x' } }),
    await issuer.token({}, { kid: 'unknown' }),
    `${header}.${payload}.${signature.split('').reverse().join('')}`,
    `${header}.eyJicm9rZW4${payload}.${signature}`,
    `${header}.${payload}.${signature}.${payload}.${signature}`,
    'opaque-access-token-0123456789',
  ];
}

/** Everything a token can be tried with. */
async function tryAll(stage: Stage, token: string): Promise<Got[]> {
  const { send, call, mcp } = stage;
  const once: Sent = { headers: bearer(token) };
  const forms = [
    { authorization: `Basic ${token}` },
    { authorization: [`Bearer ${token}`, `Bearer ${token}`] },
    { authorization: `Bearer ${token} ${token}` },
    { ...bearer(token), cookie: `session=${token}`, 'x-request-id': token, traceparent: token },
  ];
  const broken = `{"access_token":"${token}"`;
  return Promise.all([
    ...forms.map((headers) => call('listEvents', {}, { headers })),
    call('listEvents', {}, once),
    call('addEvent', {}, once),
    call('listEvents', { access_token: token }, once),
    call('listEvents', broken, once),
    call('listEvents', 'x'.repeat(5000), once),
    call('nothing', {}, once),
    send(`/tools/listEvents?access_token=${token}`, { body: {} }),
    send(`/tools/%zz?access_token=${token}`, { body: {} }),
    send(`/nothing?access_token=${token}`, once),
    send(`/?access_token=${token}`, once),
    send('/auth/me', once),
    send('/metrics', once),
    send('/tools/listEvents', { method: 'DELETE', ...once }),
    mcp('initialize', { token }, once),
    mcp('tools/list', {}, once),
    mcp('tools/call', { name: 'listEvents', arguments: {} }, once),
    mcp('tools/call', { name: 'addEvent', arguments: { token } }, once),
    mcp('tools/call', { name: 'listEvents', arguments: token }, once),
    send('/mcp', { body: broken, headers: bearer(token) }),
  ]);
}

const deadlines = holdTimers(t, 100_000);
const misbehaving: Record<string, AnswerWith> = {
  answers: json({ fine: true }),
  'is slow': () => {
    for (const deadline of deadlines()) deadline.end();
  },
  resets: (response) => void response.destroy(),
  'resets half-way': (response) => {
    response.write('{');
    setImmediate(() => response.destroy());
  },
  redirects: (response, { headers }) => {
    response.writeHead(302, { location: `http://${headers.host}/private` }).end();
  },
  'says too much in its headers': (response, { headers }) => {
    const location = `http://${headers.host}/private`;
    response.writeHead(500, { location, server: String(headers.host), 'set-cookie': 's=1' }).end();
  },
};

function nowhere(t: Test, where: string, texts: readonly string[], words: readonly string[]): void {
  const all = texts.join('\n');
  const found = words.filter((word) => all.includes(word));
  t.same(found, [], `none of ${words.length} in ${texts.length} ${where}`);
}

t.test('no token, no part of one, no secret and no address of the backend gets out', async (t) => {
  const stage = await setStage(t, { tools, env: { ...env, RATE_LIMIT_PER_MINUTE: '0' } });
  const { backend, gateway, issuer, send, call, mcp } = stage;
  const tokens = await everyToken(stage);
  const answers: Got[] = [];
  for (const token of tokens) answers.push(...(await tryAll(stage, token)));
  for (const [how, answer] of Object.entries(misbehaving)) {
    backend.answer = answer;
    // What breaks while it passes through breaks for the client too.
    if (how === 'resets half-way') await t.rejects(call('listEvents'), { code: 'ECONNRESET' });
    else answers.push(await call('listEvents'));
    answers.push(await mcp('tools/call', { name: 'listEvents' }));
  }
  const carried = [METRICS_TOKEN, management, webhook, hmacSecret];
  for (const secret of carried) answers.push(await send('/metrics', { headers: bearer(secret) }));
  issuer.down = true;
  answers.push(await send('/.well-known/openid-configuration'));
  backend.close();
  answers.push(await call('listEvents'), await mcp('tools/call', { name: 'listEvents' }));
  answers.push(await send('/health/ready'), await send('/', { headers: { accept: 'text/html' } }));
  await gateway.close();

  // A header of a token is no secret: it says alg and kid. All else may not be seen.
  const parts = tokens.flatMap((token) => token.split('.').slice(1));
  const secrets = [...tokens, ...parts, ...carried, `older-${hmacSecret}`];
  const spoken = answers.map(({ headers, text }) => JSON.stringify(headers) + text);
  nowhere(
    t,
    'log lines',
    gateway.lines.map((line) => JSON.stringify(line)),
    secrets,
  );
  const { host, port } = new URL(backend.url);
  nowhere(t, 'answers', spoken, [...secrets, host, `:${port}`]);

  const statuses = new Set(answers.map(({ status }) => status));
  t.strictSame(
    [...statuses].sort(),
    [200, 400, 401, 403, 404, 405, 413, 500, 502, 504],
    'all was tried',
  );
  const forwarded = backend.received.map(({ rawHeaders, body }) => rawHeaders.join() + body);
  const inBodies = forwarded.filter((text) => !text.includes('access_token'));
  nowhere(t, 'requests to the backend', inBodies, secrets);
});
