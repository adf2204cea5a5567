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
const promoted = { gateway_recipe: 'first-party' };
const ours = { ...permissive, is_first_party: true, client_metadata: promoted };

const unset = { ALLOWED_REDIRECTS: [], PROMOTION: 'auto', PROMOTE_UNMARKED: false } as const;
const usual: Rules = { ...unset, PROMOTE_CLIENTS: ['chatgpt'] };
const many: Partial<Rules> = { PROMOTE_CLIENTS: ['chatgpt', 'inspector', 'cursor'] };
const observe: Partial<Rules> = { PROMOTION: 'observe' };
const forceFirst: Partial<Rules> = { PROMOTION: 'first-party' };
const forceThird: Partial<Rules> = { PROMOTION: 'third-party' };

const first = 'promote first-party';
const third = 'promote third-party';
const evil = 'https://evil.example/';

type Row = [
  name: string,
  base: TenantClient,
  change: Partial<TenantClient>,
  wanted: string,
  rules?: Partial<Rules>,
];

/** Wanted is `promote recipe` or `verdict reason [detail]`. */
const rows: Row[] = [
  ['a permissive ChatGPT', permissive, {}, first],
  ['a strict ChatGPT', strict, {}, third],
  ['strict by its id alone', strict, { third_party_security_mode: undefined }, third],
  ['strict by its mode alone', permissive, { third_party_security_mode: 'strict' }, third],
  ['no mode at all', permissive, { third_party_security_mode: undefined }, first],
  ['observing decides as ever', permissive, {}, first, observe],
  ['third-party forced', permissive, {}, third, forceThird],
  ['third-party forced on a strict one', strict, {}, third, forceThird],
  ['first-party forced', permissive, {}, first, forceFirst],
  ['first-party forced on a strict one', strict, {}, 'refuse strict_client', forceFirst],
  ['a loopback redirect', permissive, { callbacks: [local] }, third, many],
  [
    'a loopback redirect beside a web one',
    permissive,
    { callbacks: [platform, local] },
    third,
    many,
  ],
  [
    'a private-use scheme',
    permissive,
    { callbacks: ['cursor://anysphere.cursor-mcp/oauth/callback'] },
    third,
    many,
  ],
  [
    'first-party forced on a loopback redirect',
    permissive,
    { callbacks: [local] },
    `refuse consent_needed ${local}`,
    { ...many, ...forceFirst },
  ],
  [
    'one of ours that got a loopback redirect',
    ours,
    { callbacks: [local] },
    `refuse consent_needed ${local}`,
    many,
  ],
  ['one we promoted', ours, {}, first],
  ['one we promoted, third-party forced now', ours, {}, 'ignore first_party_already', forceThird],
  [
    'one we promoted that turned foreign',
    ours,
    { callbacks: [evil] },
    `refuse redirect_not_allowed ${evil}`,
  ],
  [
    'a first-party client of somebody else',
    permissive,
    { is_first_party: true },
    'ignore first_party_already',
  ],
  [
    'a first-party client with another mark',
    ours,
    { client_metadata: { gateway_recipe: 'third-party' } },
    'ignore first_party_already',
  ],
  [
    'our mark on a foreign client',
    permissive,
    { callbacks: [evil], client_metadata: promoted },
    `refuse redirect_not_allowed ${evil}`,
  ],
  [
    'a client ID metadata document',
    strict,
    { external_metadata_type: 'cimd' },
    'ignore not_self_registered',
  ],
  [
    'registered by an administrator',
    strict,
    { external_metadata_created_by: 'admin' },
    'ignore not_self_registered',
  ],
  ['registered by whom is not said', strict, { external_metadata_created_by: undefined }, third],
  ['an unmarked one', strict, { external_metadata_type: undefined }, 'ignore unmarked'],
  [
    'an unmarked one, allowed',
    strict,
    { external_metadata_type: undefined },
    third,
    { PROMOTE_UNMARKED: true },
  ],
  ['no redirects', permissive, { callbacks: [] }, 'refuse no_redirects'],
  ['redirects unknown', permissive, { callbacks: undefined }, 'refuse no_redirects'],
  [
    'called ChatGPT',
    strict,
    { callbacks: ['https://chatgpt.com.evil.example/'] },
    'refuse redirect_not_allowed https://chatgpt.com.evil.example/',
  ],
  [
    'one foreign redirect among good ones',
    strict,
    { callbacks: [platform, evil] },
    `refuse redirect_not_allowed ${evil}`,
  ],
  [
    'a client that is not allowed',
    permissive,
    { callbacks: [local] },
    `refuse redirect_not_allowed ${local}`,
  ],
  [
    'a very long redirect',
    permissive,
    { callbacks: [`https://evil.example/${'x'.repeat(500)}`] },
    `refuse redirect_not_allowed https://evil.example/${'x'.repeat(179)}`,
  ],
  [
    'nobody allowed',
    permissive,
    {},
    `refuse redirect_not_allowed ${platform}`,
    { PROMOTE_CLIENTS: [] },
  ],
  ['called nothing', permissive, { name: undefined }, first],
  [
    'origins of its own',
    permissive,
    {
      web_origins: ['https://chatgpt.com'],
      allowed_origins: ['https://chatgpt.com'],
      allowed_logout_urls: ['https://chatgpt.com/bye'],
      initiate_login_uri: 'https://chatgpt.com/start',
    },
    first,
  ],
  ['an empty login address', permissive, { initiate_login_uri: '' }, first],
  [
    'a foreign web origin',
    permissive,
    { web_origins: ['https://evil.example'] },
    'refuse foreign_origin https://evil.example',
  ],
  [
    'a foreign allowed origin',
    permissive,
    { allowed_origins: ['https://*.chatgpt.com'] },
    'refuse foreign_origin https://*.chatgpt.com',
  ],
  [
    'a foreign logout address',
    permissive,
    { allowed_logout_urls: ['https://chatgpt.com@evil.example/'] },
    'refuse foreign_logout_url https://chatgpt.com@evil.example/',
  ],
  [
    'a logout address that is none',
    permissive,
    { allowed_logout_urls: ['*'] },
    'refuse foreign_logout_url *',
  ],
  [
    'a foreign login address',
    permissive,
    { initiate_login_uri: evil },
    `refuse foreign_initiate_login_uri ${evil}`,
  ],
  [
    'the grants permissive tenants add',
    permissive,
    { grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'] },
    first,
  ],
  [
    'the password grant',
    permissive,
    { grant_types: ['authorization_code', 'password'] },
    'refuse grant_types password',
  ],
  [
    'no code grant',
    permissive,
    { grant_types: ['implicit', 'refresh_token'] },
    'refuse grant_types implicit refresh_token',
  ],
  ['no grants', permissive, { grant_types: undefined }, 'refuse grant_types '],
  ['a secret', strict, { token_endpoint_auth_method: 'client_secret_post' }, third],
  ['no method said', strict, { token_endpoint_auth_method: undefined }, third],
  [
    'keys of its own',
    strict,
    { token_endpoint_auth_method: 'private_key_jwt' },
    'refuse auth_method private_key_jwt',
  ],
];

function inWords(decision: Decision): string {
  if (decision.verdict === 'promote') return `promote ${decision.recipe}`;
  const { verdict, reason, detail } = decision;
  return `${verdict} ${reason}${detail === undefined ? '' : ` ${detail}`}`;
}

for (const [name, base, change, wanted, rules] of rows) {
  t.test(name, async (t) => {
    const client = { ...base, ...change };
    t.equal(inWords(decide(client, { ...usual, ...rules })), wanted);
  });
}
