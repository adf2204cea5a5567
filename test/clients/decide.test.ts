import t from 'tap';
import type { TenantClient } from '../../src/clients/client.ts';
import { type Decision, decide, type Rules } from '../../src/clients/decide.ts';

const platform = 'https://chatgpt.com/connector_platform_oauth_redirect';
const local = 'http://localhost:6274/oauth/callback';

const permissive: TenantClient = {
  client_id: 'AbCdEf',
  name: 'ChatGPT',
  is_first_party: false,
  third_party_security_mode: 'permissive',
  external_metadata_type: 'dcr',
  external_metadata_created_by: 'client',
  callbacks: [platform],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
};
const strict: TenantClient = {
  ...permissive,
  client_id: 'tpc_AbCdEf',
  third_party_security_mode: 'strict',
};
const ours: TenantClient = {
  ...permissive,
  is_first_party: true,
  client_metadata: { gateway_recipe: 'first-party' },
};

const usual: Rules = { PROMOTE_CLIENTS: ['chatgpt'], PROMOTION: 'auto', PROMOTE_UNMARKED: false };
const many: Partial<Rules> = { PROMOTE_CLIENTS: ['chatgpt', 'inspector', 'cursor'] };
const observe: Partial<Rules> = { PROMOTION: 'observe' };
const first: Partial<Rules> = { PROMOTION: 'first-party' };
const third: Partial<Rules> = { PROMOTION: 'third-party' };

const promote = (recipe: 'first-party' | 'third-party'): Decision => ({
  verdict: 'promote',
  recipe,
});

type Row = [name: string, client: TenantClient, rules: Partial<Rules>, wanted: Decision | string];

/** `verdict reason [detail]` in a word, or the whole decision. */
const rows: Row[] = [
  ['a permissive ChatGPT', permissive, {}, promote('first-party')],
  ['a strict ChatGPT', strict, {}, promote('third-party')],
  [
    'strict by its id alone',
    { ...strict, third_party_security_mode: undefined },
    {},
    promote('third-party'),
  ],
  [
    'strict by its mode alone',
    { ...permissive, third_party_security_mode: 'strict' },
    {},
    promote('third-party'),
  ],
  [
    'no mode at all',
    { ...permissive, third_party_security_mode: undefined },
    {},
    promote('first-party'),
  ],
  ['observing decides as ever', permissive, observe, promote('first-party')],
  ['third-party forced', permissive, third, promote('third-party')],
  ['third-party forced on a strict one', strict, third, promote('third-party')],
  ['first-party forced', permissive, first, promote('first-party')],
  ['first-party forced on a strict one', strict, first, 'refuse strict_client'],
  ['a loopback redirect', { ...permissive, callbacks: [local] }, many, promote('third-party')],
  [
    'a loopback redirect beside a web one',
    { ...permissive, callbacks: [platform, local] },
    many,
    promote('third-party'),
  ],
  [
    'a private-use scheme',
    { ...permissive, callbacks: ['cursor://anysphere.cursor-mcp/oauth/callback'] },
    many,
    promote('third-party'),
  ],
  [
    'first-party forced on a loopback redirect',
    { ...permissive, callbacks: [local] },
    { ...many, ...first },
    `refuse consent_needed ${local}`,
  ],
  [
    'one of ours that got a loopback redirect',
    { ...ours, callbacks: [local] },
    many,
    `refuse consent_needed ${local}`,
  ],
  ['one we promoted', ours, {}, promote('first-party')],
  ['one we promoted, third-party forced now', ours, third, 'ignore first_party_already'],
  [
    'one we promoted that turned foreign',
    { ...ours, callbacks: ['https://evil.example/'] },
    {},
    'refuse redirect_not_allowed https://evil.example/',
  ],
  [
    'a first-party client of somebody else',
    { ...permissive, is_first_party: true },
    {},
    'ignore first_party_already',
  ],
  [
    'a first-party client with another mark',
    { ...ours, client_metadata: { gateway_recipe: 'third-party' } },
    {},
    'ignore first_party_already',
  ],
  [
    'our mark on a foreign client',
    {
      ...permissive,
      callbacks: ['https://evil.example/'],
      client_metadata: { gateway_recipe: 'first-party' },
    },
    {},
    'refuse redirect_not_allowed https://evil.example/',
  ],
  [
    'a client ID metadata document',
    { ...strict, external_metadata_type: 'cimd' },
    {},
    'ignore not_self_registered',
  ],
  [
    'registered by an administrator',
    { ...strict, external_metadata_created_by: 'admin' },
    {},
    'ignore not_self_registered',
  ],
  [
    'registered by whom is not said',
    { ...strict, external_metadata_created_by: undefined },
    {},
    promote('third-party'),
  ],
  ['an unmarked one', { ...strict, external_metadata_type: undefined }, {}, 'ignore unmarked'],
  [
    'an unmarked one, allowed',
    { ...strict, external_metadata_type: undefined },
    { PROMOTE_UNMARKED: true },
    promote('third-party'),
  ],
  ['no redirects', { ...permissive, callbacks: [] }, {}, 'refuse no_redirects'],
  ['redirects unknown', { ...permissive, callbacks: undefined }, {}, 'refuse no_redirects'],
  [
    'called ChatGPT, at home elsewhere',
    { ...strict, callbacks: ['https://chatgpt.com.evil.example/'] },
    {},
    'refuse redirect_not_allowed https://chatgpt.com.evil.example/',
  ],
  [
    'one foreign redirect among good ones',
    { ...strict, callbacks: [platform, 'https://evil.example/'] },
    {},
    'refuse redirect_not_allowed https://evil.example/',
  ],
  [
    'a client that is not allowed',
    { ...permissive, callbacks: [local] },
    {},
    `refuse redirect_not_allowed ${local}`,
  ],
  [
    'a very long redirect',
    { ...permissive, callbacks: [`https://evil.example/${'x'.repeat(500)}`] },
    {},
    `refuse redirect_not_allowed https://evil.example/${'x'.repeat(179)}`,
  ],
  [
    'nobody allowed',
    permissive,
    { PROMOTE_CLIENTS: [] },
    `refuse redirect_not_allowed ${platform}`,
  ],
  ['called nothing', { ...permissive, name: undefined }, {}, promote('first-party')],
  [
    'origins of its own',
    {
      ...permissive,
      web_origins: ['https://chatgpt.com'],
      allowed_origins: ['https://chatgpt.com'],
      allowed_logout_urls: ['https://chatgpt.com/bye'],
      initiate_login_uri: 'https://chatgpt.com/start',
    },
    {},
    promote('first-party'),
  ],
  ['an empty login address', { ...permissive, initiate_login_uri: '' }, {}, promote('first-party')],
  [
    'a foreign web origin',
    { ...permissive, web_origins: ['https://evil.example'] },
    {},
    'refuse foreign_origin https://evil.example',
  ],
  [
    'a foreign allowed origin',
    { ...permissive, allowed_origins: ['https://*.chatgpt.com'] },
    {},
    'refuse foreign_origin https://*.chatgpt.com',
  ],
  [
    'a foreign logout address',
    { ...permissive, allowed_logout_urls: ['https://chatgpt.com@evil.example/'] },
    {},
    'refuse foreign_logout_url https://chatgpt.com@evil.example/',
  ],
  [
    'a logout address that is none',
    { ...permissive, allowed_logout_urls: ['*'] },
    {},
    'refuse foreign_logout_url *',
  ],
  [
    'a foreign login address',
    { ...permissive, initiate_login_uri: 'https://evil.example/' },
    {},
    'refuse foreign_initiate_login_uri https://evil.example/',
  ],
  [
    'the grants permissive tenants add',
    {
      ...permissive,
      grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
    },
    {},
    promote('first-party'),
  ],
  [
    'the password grant',
    { ...permissive, grant_types: ['authorization_code', 'password'] },
    {},
    'refuse grant_types password',
  ],
  [
    'no code grant',
    { ...permissive, grant_types: ['implicit', 'refresh_token'] },
    {},
    'refuse grant_types implicit refresh_token',
  ],
  ['no grants', { ...permissive, grant_types: undefined }, {}, 'refuse grant_types '],
  [
    'a secret',
    { ...strict, token_endpoint_auth_method: 'client_secret_post' },
    {},
    promote('third-party'),
  ],
  [
    'no method said',
    { ...strict, token_endpoint_auth_method: undefined },
    {},
    promote('third-party'),
  ],
  [
    'keys of its own',
    { ...strict, token_endpoint_auth_method: 'private_key_jwt' },
    {},
    'refuse auth_method private_key_jwt',
  ],
];

function inWords(decision: Decision): Decision | string {
  if (decision.verdict === 'promote') return decision;
  const { verdict, reason, detail } = decision;
  return `${verdict} ${reason}${detail === undefined ? '' : ` ${detail}`}`;
}

for (const [name, client, rules, wanted] of rows) {
  t.test(name, async (t) => {
    t.strictSame(inWords(decide(client, { ...usual, ...rules })), wanted);
  });
}
