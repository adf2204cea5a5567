import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import t from 'tap';
import { ConfigError, loadConfig } from '../src/config.ts';
import { mcpClients, settings } from '../src/settings.ts';
import { loadCatalog } from '../src/tools/catalog.ts';
import { type Env, least, problemsOf } from './fixtures/env.ts';

const load = (env: Env) => loadConfig({ ...least, ...env });
const sample = await readFile('.env.sample', 'utf8');
const samples = parseEnv(sample);

t.test('.env.sample lists every setting in the same order, and no other', async (t) => {
  const platform = ['NODE_ENV', 'K_SERVICE'];
  const names = Object.keys(settings).filter((name) => !platform.includes(name));
  const listed = [...sample.matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name);
  t.same(listed, names);
});

t.test('.env.sample: one line of explanation for each setting', async (t) => {
  const lines = sample
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '');
  t.equal(lines.length, 2 * Object.keys(samples).length);
  for (const [i, line] of lines.entries())
    t.match(line, i % 2 === 0 ? /^# \S.+\.$/ : /^[A-Z0-9_]+=/);
});

t.test('.env.sample shows the defaults as they are', async (t) => {
  for (const [name, setting] of Object.entries(settings)) {
    if ('unset' in setting && setting.unset !== '') t.equal(samples[name], setting.unset, name);
  }
});

t.test(
  '.env.sample starts in development, and nowhere else before its secrets are replaced',
  async (t) => {
    const config = loadConfig({ ...samples, NODE_ENV: 'development' });
    t.ok(config.management);
    t.ok(loadCatalog(config).tools.size > 0);
    t.throws(() => loadConfig(samples), ConfigError);
    try {
      loadConfig(samples);
    } catch (error) {
      for (const { problem } of (error as ConfigError).problems)
        t.equal(problem, 'still holds a sample value');
    }
  },
);

t.test('no sample secret is good for anything', async (t) => {
  for (const name of ['GATEWAY_HMAC_SECRET', 'LOG_WEBHOOK_SECRET', 'MGMT_CLIENT_SECRET']) {
    t.match(samples[name], /^replace-with-/, name);
  }
  t.equal(samples['METRICS_TOKEN'], '');
});

const ranges: Record<string, [least: number, most: number]> = {
  BREAKER_FAILURES: [0, 1000],
  BREAKER_SECONDS: [1, 3600],
  SWEEP_INTERVAL: [0, 86_400],
  FOREIGN_GRACE_HOURS: [1, 8760],
  RETIRE_UNUSED_DAYS: [0, 3650],
  RETIRE_MAX: [1, 1000],
  TENANT_CLIENT_LIMIT: [0, 1_000_000],
  RATE_LIMIT_PER_MINUTE: [0, 1_000_000],
  MAX_EVENT_LOOP_DELAY: [0, 60_000],
  CLOCK_TOLERANCE: [0, 600],
  TOKEN_CACHE_SECONDS: [0, 86_400],
  KEYS_MAX_STALE: [60, 2_592_000],
  BODY_LIMIT: [1024, 104_857_600],
  PORT: [0, 65_535],
};
for (const [name, [low, high]] of Object.entries(ranges)) {
  t.test(`${name} is a whole number from ${low} to ${high}`, async (t) => {
    for (const value of [low, high]) t.match(load({ [name]: String(value) }), { [name]: value });
    t.match(load({ [name]: ` ${low} ` }), { [name]: low }, 'blanks around it do no harm');
    const fix = 'Write digits only';
    const problem = `is not a whole number from ${low} to ${high}`;
    const bad = [
      low - 1,
      high + 1,
      '1.5',
      '1e3',
      '0x10',
      '-1',
      '+70',
      'ten',
      '1_000',
      'Infinity',
      'NaN',
      '٣',
    ];
    for (const value of bad) {
      t.same(problemsOf({ [name]: String(value) }), [{ name, problem, fix }], String(value));
    }
  });
}

for (const name of ['ALLOW_HTTP_BACKEND', 'PROMOTE_UNMARKED']) {
  t.test(`${name} is off unless switched on`, async (t) => {
    for (const text of ['true', '1', 'on']) t.match(load({ [name]: text }), { [name]: true });
    for (const text of ['false', '0', 'off', '', undefined])
      t.match(load({ [name]: text }), { [name]: false });
    for (const text of ['yes', 'TRUE', '2', 'true,false']) {
      t.same(problemsOf({ [name]: text }), [
        { name, problem: 'is neither true nor false', fix: 'Write true or false' },
      ]);
    }
  });
}

const words: Record<string, readonly string[]> = {
  TRUST_PROXY: ['true', 'false', 'host'],
  PROMOTION: ['auto', 'first-party', 'third-party', 'observe'],
  GRANTS: ['own', 'default'],
  FOREIGN_CLIENTS: ['leave', 'delete'],
  RETIRE: ['on', 'dry-run'],
  SCOPE_CHALLENGE: ['auto', 'http', 'result'],
  PERMISSIONS: ['consented', 'united'],
  TOOLS_LIST: ['all', 'allowed'],
  ANNOTATIONS: ['fill', 'strict'],
  OUTPUT_SCHEMA: ['report', 'strict'],
  LOG_LEVEL: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
};
for (const [name, known] of Object.entries(words)) {
  t.test(`${name} is one of ${known.join(', ')}`, async (t) => {
    for (const word of known) t.match(load({ [name]: word }), { [name]: word });
    for (const word of ['Auto', 'none', 'toString', '__proto__', `${known[0]},${known[1]}`]) {
      t.same(problemsOf({ [name]: word }), [
        { name, problem: `is none of ${known.join(', ')}`, fix: 'Write one of them' },
      ]);
    }
  });
}

t.test('PROMOTE_CLIENTS: known clients, ChatGPT by default', async (t) => {
  const clients = (PROMOTE_CLIENTS: string | undefined) =>
    load({ PROMOTE_CLIENTS }).PROMOTE_CLIENTS;
  t.same(clients(undefined), ['chatgpt']);
  t.same(clients(mcpClients.join(' , ')), mcpClients);
  for (const list of ['chatgtp', 'chatgpt,gemini', '*', 'ChatGPT', 'chatgpt,constructor']) {
    t.match(problemsOf({ PROMOTE_CLIENTS: list }), [
      { name: 'PROMOTE_CLIENTS', problem: /^is none of chatgpt, / },
    ]);
  }
});

t.test('SCOPE_IMPLIES: pairs, read through to the end', async (t) => {
  const implied = (SCOPE_IMPLIES: string | undefined) =>
    Object.fromEntries(load({ SCOPE_IMPLIES }).SCOPE_IMPLIES);
  t.same(implied(undefined), {});
  t.same(implied('a>b'), { a: ['b'] });
  t.same(implied('a>b, b>c ,a>d,b>c,'), { a: ['b', 'd', 'c'], b: ['c'] });
  t.same(implied('read:events>events.list,https://x/y>z'), {
    'read:events': ['events.list'],
    'https://x/y': ['z'],
  });
  for (const list of ['a', 'a>', '>a', 'a>b>c', 'a> b', 'a>"b"', 'a>b\\', 'a>é', 'a>b;c d>e']) {
    t.same(
      problemsOf({ SCOPE_IMPLIES: list }),
      [
        {
          name: 'SCOPE_IMPLIES',
          problem: 'has an entry that is no pair of scopes',
          fix: 'Write pairs such as events:write>events:read',
        },
      ],
      list,
    );
  }
  for (const list of ['a>a', 'a>b,b>a', 'x>a,a>b,b>c,c>a']) {
    const fix = 'Let a scope imply only smaller ones';
    t.same(
      problemsOf({ SCOPE_IMPLIES: list }),
      [{ name: 'SCOPE_IMPLIES', problem: 'runs in a circle', fix }],
      list,
    );
  }
});

t.test('OAUTH_ORGANIZATIONS: a list, empty by default', async (t) => {
  t.same(load({}).OAUTH_ORGANIZATIONS, []);
  t.same(load({ OAUTH_ORGANIZATIONS: 'org_a, org_b' }).OAUTH_ORGANIZATIONS, ['org_a', 'org_b']);
});

t.test('APP_ORIGIN: origins, or * for all', async (t) => {
  const origins = (APP_ORIGIN: string | undefined) => load({ APP_ORIGIN }).APP_ORIGIN;
  t.same(origins(undefined), ['https://chatgpt.com', 'https://platform.openai.com']);
  t.same(origins('https://a.example, http://localhost:6274,'), [
    'https://a.example',
    'http://localhost:6274',
  ]);
  t.equal(origins('https://a.example,*'), '*');
  for (const list of [
    'https://a.example/',
    'a.example',
    'null',
    'https://*.example',
    'https://a.example/path',
    'file:///a',
    'https://a.example;https://b.example',
  ]) {
    t.match(
      problemsOf({ APP_ORIGIN: list }),
      [{ name: 'APP_ORIGIN', problem: 'has an entry that is no origin' }],
      list,
    );
  }
});

t.test('a setting of blanks is not set', async (t) => {
  const blank = Object.fromEntries(Object.keys(settings).map((name) => [name, '  ']));
  t.same(loadConfig({ ...blank, ...least }), loadConfig(least));
});

t.test('what the environment holds besides is not read', async (t) => {
  t.same(load({ PATH: '/bin', __proto__x: '1' }), loadConfig(least));
});
