import t from 'tap';
import { ConfigError, loadConfig } from '../src/config.ts';

const load = (ALLOWED_REDIRECTS: string) =>
  loadConfig({
    OAUTH_ISSUER: 'https://tenant.us.auth0.com/',
    OAUTH_AUDIENCE: 'https://gateway.example/mcp',
    FUNCTIONS_BASE: 'http://127.0.0.1:9000',
    TOOL_SCOPES_JSON: '{}',
    ALLOWED_REDIRECTS,
  }).ALLOWED_REDIRECTS;

const good = [
  'https://app.example/callback',
  'https://app.example',
  'https://app.example:8443/callback?x=1&y=%20',
  'https://localhost/callback',
  'http://localhost/callback',
  'http://localhost:4000/callback',
  'http://127.0.0.1/',
  'http://[::1]:1/callback',
  'com.example.app:/oauth',
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'myapp:callback',
];

t.test('https anywhere, http on loopback, schemes of applications', async (t) => {
  t.strictSame(load(''), []);
  t.strictSame(load(good.join(' , ')), good);
  for (const entry of good) t.strictSame(load(entry), [entry]);
});

const bad = [
  'app.example/callback',
  '/callback',
  'https://',
  'HTTPS://app.example/callback',
  'https://APP.example/callback',
  'https:app.example/callback',
  'https:\\\\app.example\\callback',
  'https://app.example:443/callback',
  'https://app.example/a/../callback',
  'https://app.example/callback#x',
  'https://app.example/callback#',
  'https://user@app.example/callback',
  'https://user:pass@app.example/callback',
  'https://app.example/{organization_name}/callback',
  'https://*.app.example/callback',
  'https://app.example/*',
  'https://app.example/call back',
  'https://app.ex\u00E4mple/callback',
  'http://app.example/callback',
  'http://192.168.1.10/callback',
  'http://127.0.0.1.evil.example/callback',
  'http://localhost.evil.example/callback',
  'http://127.0.0.2/callback',
  'http://127.1/callback',
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'about:blank',
  'blob:https://app.example/x',
  'vbscript:x',
  'ws://app.example/callback',
  'wss://app.example/callback',
  'ftp://app.example/callback',
  'mailto:x',
  'intent:x',
];

t.test('anything else is a problem of the configuration', async (t) => {
  const problem = { name: 'ALLOWED_REDIRECTS', problem: /no exact redirect URI/, fix: /^Write / };
  for (const entry of bad) {
    for (const text of [entry, `https://app.example/callback,${entry}`]) {
      const error = t.throws(() => load(text), ConfigError, JSON.stringify(entry));
      t.match(error, { problems: [problem] });
    }
  }
});
