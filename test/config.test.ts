import t from 'tap';
import { ConfigError, loadConfig, warnings } from '../src/config.ts';
import { type Env, least, management, problemsOf } from './fixtures/env.ts';

const load = (env: Env) => loadConfig({ ...least, ...env });
const namesOf = (env: Env) => problemsOf(env).map(({ name }) => name);
const unset = (...names: string[]): Env =>
  Object.fromEntries(names.map((name) => [name, undefined]));
const make = 'Make one with: openssl rand -base64 32';

t.test('nothing set: what is needed, each with what to write', async (t) => {
  t.throws(() => loadConfig({}), {
    name: 'ConfigError',
    problems: [
      {
        name: 'OAUTH_ISSUER',
        problem: 'is not set',
        fix: 'Set it to https://TENANT.us.auth0.com/',
      },
      { name: 'OAUTH_AUDIENCE', problem: 'is not set', fix: /API's identifier/ },
      {
        name: 'FUNCTIONS_BASE',
        problem: 'is not set',
        fix: 'Set it to the base URL of your tools',
      },
      {
        name: 'TOOLS_FILE',
        problem: 'is not set',
        fix: 'Set one of TOOLS_FILE and TOOL_SCOPES_JSON',
      },
    ],
  });
});

t.test('every problem at once, each named in the message', async (t) => {
  const env = {
    OAUTH_ISSUER: 'tenant',
    OAUTH_AUDIENCE: ' ',
    FUNCTIONS_BASE: 'http://functions.example.com',
    GATEWAY_HMAC_SECRET: 'replace-with-random',
    TOOL_SCOPES_JSON: '{}',
    MGMT_CLIENT_ID: 'm2m',
    MGMT_CLIENT_SECRET: 'short',
    PORT: 'eighty',
    METRICS_TOKEN: 'short',
  };
  const names = [
    'OAUTH_ISSUER',
    'OAUTH_AUDIENCE',
    'PORT',
    'FUNCTIONS_BASE',
    'MGMT_DOMAIN',
    'LOG_WEBHOOK_SECRET',
    'TOOLS_FILE',
    'GATEWAY_HMAC_SECRET',
    'MGMT_CLIENT_SECRET',
    'METRICS_TOKEN',
  ];
  t.same(namesOf(env), names);
  for (const { problem, fix } of problemsOf(env)) t.match(`${problem}|${fix}`, /^\w.+\|[A-Z].+/);
  const { message } = new ConfigError(problemsOf(env));
  t.same(
    message.split('\n').map((line) => line.split(':')[0]),
    names,
  );
});

t.test('no problem repeats a value, which may be a secret', async (t) => {
  const secret = 'hunter2';
  const env = Object.fromEntries(
    [
      ...Object.keys(least),
      ...Object.keys(management),
      'PUBLIC_URL',
      'PORT',
      'METRICS_TOKEN',
      'GRANTS',
    ].map((name) => [name, secret]),
  );
  const problems = problemsOf(env);
  t.ok(problems.length > 6);
  t.notMatch(new ConfigError(problems).message, secret);
});

t.test('the configuration cannot be changed', async (t) => {
  const config = load({ ...management, APP_ORIGIN: 'https://chatgpt.com' });
  t.ok(Object.isFrozen(config));
  for (const [name, value] of Object.entries(config)) t.ok(Object.isFrozen(value), name);
});

t.test('secrets: short ones and samples are refused', async (t) => {
  for (const name of [
    'GATEWAY_HMAC_SECRET',
    'LOG_WEBHOOK_SECRET',
    'MGMT_CLIENT_SECRET',
    'METRICS_TOKEN',
  ]) {
    const all = { ...management, METRICS_TOKEN: 'metrics-token-0123456789' };
    t.same(problemsOf({ ...all, [name]: 'x'.repeat(16) }), []);
    t.same(problemsOf({ ...all, [name]: 'x'.repeat(15) }), [
      { name, problem: 'is shorter than 16 characters', fix: make },
    ]);
    for (const sample of [
      'replace-with-random',
      'REPLACE-WITH-32-random-bytes',
      'change-me-please-now',
      'changemechangeme',
      'your-secret-goes-here',
    ]) {
      t.same(problemsOf({ ...all, [name]: sample }), [
        { name, problem: 'still holds a sample value', fix: make },
      ]);
    }
  }
});

t.test('secrets: each of a rotation counts', async (t) => {
  const good = 'x'.repeat(16);
  t.same(load({ GATEWAY_HMAC_SECRET: ` ${good}, second-${good} ,` }).GATEWAY_HMAC_SECRET, [
    good,
    `second-${good}`,
  ]);
  t.same(namesOf({ GATEWAY_HMAC_SECRET: `${good},short` }), ['GATEWAY_HMAC_SECRET']);
  t.same(namesOf({ ...management, LOG_WEBHOOK_SECRET: `short,${good},replace-with-random` }), [
    'LOG_WEBHOOK_SECRET',
    'LOG_WEBHOOK_SECRET',
  ]);
});

t.test('secrets: only NODE_ENV=development takes any', async (t) => {
  const env = {
    ...management,
    GATEWAY_HMAC_SECRET: 'short',
    MGMT_CLIENT_SECRET: 'replace-with-random',
  };
  t.same(problemsOf({ ...env, NODE_ENV: 'development' }), []);
  for (const NODE_ENV of ['production', 'test', 'Development', undefined]) {
    t.same(namesOf({ ...env, NODE_ENV }), ['GATEWAY_HMAC_SECRET', 'MGMT_CLIENT_SECRET']);
  }
});

t.test('a backend beyond loopback needs a signed identity', async (t) => {
  t.same(problemsOf(unset('GATEWAY_HMAC_SECRET')), [
    {
      name: 'GATEWAY_HMAC_SECRET',
      problem: 'is not set',
      fix: 'A backend that is not on loopback needs a signed identity',
    },
  ]);
  t.same(namesOf({ GATEWAY_HMAC_SECRET: ' , ' }), ['GATEWAY_HMAC_SECRET']);
  for (const host of ['127.0.0.1:3000', 'localhost', '[::1]:3000']) {
    const { GATEWAY_HMAC_SECRET } = load({
      ...unset('GATEWAY_HMAC_SECRET'),
      FUNCTIONS_BASE: `http://${host}`,
    });
    t.same(GATEWAY_HMAC_SECRET, []);
  }
});

t.test('the catalog: one source', async (t) => {
  const TOOL_SCOPES_JSON = '{"listEvents":[]}';
  t.same(problemsOf({ ...unset('TOOLS_FILE'), TOOL_SCOPES_JSON }), []);
  t.match(problemsOf({ TOOL_SCOPES_JSON }), [
    { name: 'TOOLS_FILE', problem: 'and TOOL_SCOPES_JSON are both set' },
  ]);
  t.match(problemsOf(unset('TOOLS_FILE')), [{ name: 'TOOLS_FILE', problem: 'is not set' }]);
});

t.test('management: all of it or none', async (t) => {
  t.equal(load({}).management, undefined);
  const names = ['MGMT_DOMAIN', 'MGMT_CLIENT_ID', 'MGMT_CLIENT_SECRET'];
  for (const name of names) {
    const fix = `Promotion needs all of ${names.join(', ')}`;
    t.same(problemsOf({ ...management, ...unset(name) }), [{ name, problem: 'is not set', fix }]);
    const others = names.filter((other) => other !== name);
    t.same(namesOf({ ...management, ...unset(...others) }), others);
  }
});

t.test('management: the log stream needs its secret', async (t) => {
  t.match(problemsOf({ ...management, ...unset('LOG_WEBHOOK_SECRET') }), [
    { name: 'LOG_WEBHOOK_SECRET', problem: 'is not set', fix: /log stream/ },
  ]);
  t.same(
    problemsOf({ LOG_WEBHOOK_SECRET: 'webhook-secret-0123456789' }),
    [],
    'the secret alone does no harm',
  );
});

t.test('management: origin and audience', async (t) => {
  const origin = 'https://tenant.example.auth0.com';
  t.same(load(management).management, {
    origin,
    audience: `${origin}/api/v2/`,
    clientId: 'm2m',
    clientSecret: management['MGMT_CLIENT_SECRET'],
  });
  const MGMT_AUDIENCE = 'https://canonical.us.auth0.com/api/v2/';
  t.equal(load({ ...management, MGMT_AUDIENCE }).management?.audience, MGMT_AUDIENCE);
});

t.test('login connections: the list wins over the one, Google is the default', async (t) => {
  const GOOGLE_CONNECTION_NAME = 'google';
  t.same(load({}).loginConnections, ['google-oauth2']);
  t.same(load({ GOOGLE_CONNECTION_NAME }).loginConnections, ['google']);
  t.same(load({ GOOGLE_CONNECTION_NAME, LOGIN_CONNECTIONS: 'a, b' }).loginConnections, ['a', 'b']);
});

t.test('the proxy: trusted on Cloud Run, elsewhere when told', async (t) => {
  const trust = (env: Env) => load(env).trustProxy;
  t.equal(trust({}), 'off');
  t.equal(trust({ K_SERVICE: 'gateway' }), 'on');
  t.equal(trust({ K_SERVICE: 'gateway', TRUST_PROXY: 'false' }), 'off');
  t.equal(trust({ TRUST_PROXY: 'true' }), 'on');
  t.equal(trust({ TRUST_PROXY: 'host' }), 'host');
});

t.test('warnings', async (t) => {
  const PUBLIC_URL = 'https://gateway.example.com/';
  t.same(warnings(load({ ...management, PUBLIC_URL })), []);
  t.same(warnings(load(management)), [], 'without PUBLIC_URL there is nothing to compare');
  t.match(warnings(load({})), [/^Promotion is off: MGMT_DOMAIN/]);
  for (const OAUTH_AUDIENCE of [
    'https://gateway.example.com',
    'https://gateway.example.com/mcp/',
    'api',
  ]) {
    t.match(warnings(load({ ...management, PUBLIC_URL, OAUTH_AUDIENCE })), [
      /^OAUTH_AUDIENCE is not PUBLIC_URL \+ \/mcp/,
    ]);
  }
  t.match(warnings(load({ ...management, GRANTS: 'default' })), [/^GRANTS=default: /]);
});
