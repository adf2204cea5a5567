import t from 'tap';
import { isLoopback, loadConfig } from '../src/config.ts';
import { type Env, least, management, problemsOf } from './fixtures/env.ts';

const load = (env: Env) => loadConfig({ ...least, ...env });

const loopback = [
  'localhost',
  '127.0.0.1',
  '127.255.0.9',
  '[::1]',
  '2130706433',
  '0x7f.1',
  'LOCALHOST',
];
const foreign = [
  'example.com',
  '127.0.0.1.evil.com',
  '127.evil.com',
  'localhost.evil.com',
  'evil-localhost',
  'localhost.',
  '0.0.0.0',
  '128.0.0.1',
  '[::]',
  '[::2]',
  '[::ffff:127.0.0.1]',
  '169.254.169.254',
];

t.test('RFC 8252 §8.3: what this machine itself is', async (t) => {
  for (const host of loopback) t.equal(isLoopback(`http://${host}:8080/path`), true, host);
  for (const host of foreign) t.equal(isLoopback(`http://${host}:8080/path`), false, host);
});

t.test('plain http stays on loopback', async (t) => {
  for (const name of ['OAUTH_ISSUER', 'MGMT_DOMAIN', 'FUNCTIONS_BASE']) {
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      t.same(problemsOf({ ...management, [name]: `http://${host}:8080` }), [], `${name} ${host}`);
    }
    for (const host of foreign) {
      t.match(
        problemsOf({ ...management, [name]: `http://${host}` }),
        [{ name, problem: 'is plain http beyond loopback', fix: /^Use https/ }],
        `${name} ${host}`,
      );
    }
  }
});

const inside = [
  'backend',
  'backend.internal',
  'backend.local',
  'backend.default.svc',
  'backend.default.svc.cluster.local',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '[fd00::1]',
  '[fc12::1]',
];
const outside = [
  'example.com',
  '10.evil.com',
  '192.168.evil.com',
  '172.16.evil.com',
  'internal.evil.com',
  '172.15.0.1',
  '172.32.0.1',
  '192.169.1.1',
  '11.0.0.1',
  '0.0.0.0',
  '[2001:db8::1]',
  '[fc::1]',
  '[fe80::1]',
];

t.test('ALLOW_HTTP_BACKEND: plain http within a private network', async (t) => {
  for (const host of inside) {
    const FUNCTIONS_BASE = `http://${host}:8080/base`;
    t.match(
      problemsOf({ FUNCTIONS_BASE }),
      [{ name: 'FUNCTIONS_BASE', fix: 'Use https, or set ALLOW_HTTP_BACKEND=true' }],
      host,
    );
    t.same(problemsOf({ FUNCTIONS_BASE, ALLOW_HTTP_BACKEND: 'true' }), [], host);
  }
  for (const host of outside) {
    const env = { FUNCTIONS_BASE: `http://${host}`, ALLOW_HTTP_BACKEND: 'true' };
    t.match(problemsOf(env), [{ name: 'FUNCTIONS_BASE', fix: 'Use https' }], host);
  }
});

t.test('ALLOW_HTTP_BACKEND is for the backend alone', async (t) => {
  for (const name of ['OAUTH_ISSUER', 'MGMT_DOMAIN']) {
    const env = { ...management, [name]: 'http://tenant.internal', ALLOW_HTTP_BACKEND: 'true' };
    t.match(problemsOf(env), [{ name, fix: 'Use https' }]);
  }
});

t.test('trailing slashes', async (t) => {
  const issuer = 'https://tenant.example.auth0.com';
  for (const slashes of ['', '/', '//']) {
    t.equal(load({ OAUTH_ISSUER: issuer + slashes }).OAUTH_ISSUER, `${issuer}/`);
  }
  const base = 'https://functions.example.com/v1';
  for (const slashes of ['', '/', '//']) {
    t.equal(load({ FUNCTIONS_BASE: base + slashes }).FUNCTIONS_BASE, base);
  }
  t.equal(
    load({ PUBLIC_URL: 'https://gateway.example.com/' }).PUBLIC_URL,
    'https://gateway.example.com',
  );
});

t.test('user part, query and fragment have no place', async (t) => {
  const bad = [
    'https://user@example.com',
    'https://user:secret@example.com',
    'https://example.com?a=b',
    'https://example.com/#a',
  ];
  for (const name of ['OAUTH_ISSUER', 'FUNCTIONS_BASE', 'MGMT_DOMAIN']) {
    for (const text of bad) {
      t.match(
        problemsOf({ ...management, [name]: text }),
        [{ name, problem: 'has a query, fragment or user part', fix: /only$/ }],
        `${name} ${text}`,
      );
    }
  }
});

t.test('what is no http URL, though a forgiving parser would take it', async (t) => {
  const bad = [
    'example.com',
    '/path',
    'ftp://example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'HTTP://example.com',
    'https:example.com',
    'https:/example.com',
    'https:///example.com',
    'https:\\\\example.com',
    'https://example.com\\path',
    'ht\ntp://example.com',
    'https://exam\tple.com',
    'https://a b',
    'https://',
    'https://[::1',
    'https://example.com:port',
  ];
  for (const name of ['OAUTH_ISSUER', 'FUNCTIONS_BASE', 'PUBLIC_URL', 'MGMT_AUDIENCE']) {
    for (const text of bad) {
      t.match(
        problemsOf({ [name]: text }),
        [
          {
            name,
            problem: 'is not an http(s) URL',
            fix: 'Write an absolute URL such as https://example.com',
          },
        ],
        `${name} ${text}`,
      );
    }
  }
});

t.test('the management domain: a host or an origin', async (t) => {
  const good: Record<string, string> = {
    'tenant.us.auth0.com': 'https://tenant.us.auth0.com',
    'tenant.us.auth0.com/': 'https://tenant.us.auth0.com',
    'https://tenant.us.auth0.com/': 'https://tenant.us.auth0.com',
    'http://127.0.0.1:9999': 'http://127.0.0.1:9999',
    'tenant.us.auth0.com:8443': 'https://tenant.us.auth0.com:8443',
    'https://Tenant.us.auth0.com:443': 'https://tenant.us.auth0.com',
  };
  for (const [text, origin] of Object.entries(good)) {
    t.equal(load({ ...management, MGMT_DOMAIN: text }).management?.origin, origin);
  }
  const bad = [
    'tenant.us.auth0.com/api/v2',
    'https://tenant.us.auth0.com/api',
    'HTTP://evil.com',
    'a b',
    'http://',
    'ftp://a',
    '//a',
    'https://tenant.us.auth0.com//',
  ];
  for (const text of bad) {
    const problems = problemsOf({ ...management, MGMT_DOMAIN: text });
    t.match(problems, [{ name: 'MGMT_DOMAIN' }], text);
    t.equal(problems.length, 1, 'said once');
  }
});

t.test('PUBLIC_URL is taken as an origin', async (t) => {
  t.equal(
    load({ PUBLIC_URL: 'https://Gateway.example.com:443/mcp' }).PUBLIC_URL,
    'https://gateway.example.com',
  );
});

t.test('a collector of traces may be plain http on a private host, nowhere else', async (t) => {
  for (const url of ['http://10.0.0.5:4318', 'http://collector:4318', 'http://127.0.0.1:4318']) {
    t.same(problemsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: url }), [], url);
  }
  const problems = problemsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example.com' });
  t.match(problems, [{ name: 'OTEL_EXPORTER_OTLP_ENDPOINT', problem: /plain http/ }]);
  t.match(problemsOf({ OAUTH_ISSUER: 'http://10.0.0.5' }), [{ name: 'OAUTH_ISSUER' }]);
});
