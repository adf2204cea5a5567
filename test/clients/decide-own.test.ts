import t from 'tap';
import type { TenantClient } from '../../src/clients/client.ts';
import { decide, type Rules } from '../../src/clients/decide.ts';

const web = 'https://app.example/callback';
const local = 'http://127.0.0.1/callback';
const privateUse = 'com.example.app:/oauth';
const loopbackHttps = 'https://localhost/callback';
const below = 'https://app.localhost/callback';

const rules: Rules = {
  PROMOTE_CLIENTS: ['chatgpt'],
  ALLOWED_REDIRECTS: [web, local, privateUse, loopbackHttps, below],
  PROMOTION: 'auto',
  PROMOTE_UNMARKED: false,
};

const clientWith = (callbacks: string[], more: Partial<TenantClient> = {}): TenantClient => ({
  client_id: 'AbCdEf',
  is_first_party: false,
  third_party_security_mode: 'permissive',
  external_metadata_type: 'dcr',
  callbacks,
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
  ...more,
});

t.test('own redirects are allowed beside those of the presets', async (t) => {
  const platform = 'https://chatgpt.com/connector_platform_oauth_redirect';
  t.strictSame(decide(clientWith([web, platform]), rules), {
    verdict: 'promote',
    recipe: 'first-party',
  });
});

t.test('who sends people to their own machine never becomes first-party', async (t) => {
  const redirects = [local, 'http://127.0.0.1:4321/callback', privateUse, loopbackHttps, below];
  for (const redirect of redirects) {
    const client = clientWith([web, redirect]);
    t.strictSame(decide(client, rules), { verdict: 'promote', recipe: 'third-party' }, redirect);
    t.strictSame(
      decide(client, { ...rules, PROMOTION: 'first-party' }),
      { verdict: 'refuse', reason: 'consent_needed', detail: redirect },
      redirect,
    );
  }
});

t.test('their origins count for the other URLs of a client, and only they', async (t) => {
  const good = clientWith([web], {
    web_origins: ['https://app.example'],
    allowed_logout_urls: ['https://app.example/bye'],
  });
  t.match(decide(good, rules), { verdict: 'promote' });
  const bad = clientWith([web], { allowed_origins: ['http://127.0.0.1'] });
  t.match(decide(bad, rules), { verdict: 'refuse', reason: 'foreign_origin' });
  const none = { ...rules, ALLOWED_REDIRECTS: [] };
  t.match(decide(clientWith([web]), none), { reason: 'redirect_not_allowed', detail: web });
});
