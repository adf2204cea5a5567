import t from 'tap';
import type { TenantClient } from '../../src/clients/client.ts';
import { decide, type Rules } from '../../src/clients/decide.ts';
import { documents } from '../../src/clients/documents.ts';
import { isPin, pinOf, pins } from '../../src/clients/pin.ts';
import { reasons } from '../../src/clients/reasons.ts';

const usual: Rules = {
  PROMOTE_CLIENTS: ['chatgpt'],
  ALLOWED_REDIRECTS: [],
  PROMOTION: 'auto',
  PROMOTE_UNMARKED: false,
};
const evil = 'https://evil.example/';

const registered: TenantClient = {
  client_id: 'tpc_AbCdEf',
  third_party_security_mode: 'strict',
  external_metadata_type: 'dcr',
  external_metadata_created_by: 'client',
  callbacks: ['https://chatgpt.com/connector_platform_oauth_redirect'],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
};
const imported: TenantClient = {
  ...registered,
  external_metadata_type: 'cimd',
  external_metadata_created_by: 'admin',
  external_client_id: documents.chatgpt,
  client_metadata: { gateway_recipe: 'third-party' },
};

const pinned = (pin: string) => ({ client_metadata: { gateway_pin: pin } });
const unmarked = { external_metadata_type: undefined, external_metadata_created_by: undefined };
const promote = { verdict: 'promote', recipe: 'third-party' };
const ignore = (reason: string) => ({ verdict: 'ignore', reason });
const refuse = (reason: string, detail?: string) => ({
  verdict: 'refuse',
  reason,
  ...(detail === undefined ? {} : { detail }),
});

type Row = [
  name: string,
  base: TenantClient,
  change: Partial<TenantClient>,
  wanted: object,
  rules?: Partial<Rules>,
];

const rows: Row[] = [
  ['deny keeps a good one out', registered, pinned('deny'), refuse('pinned_deny')],
  ['allow changes nothing for a good one', registered, pinned('allow'), promote],
  ['keep neither', registered, pinned('keep'), promote],
  ['an empty pin is none', registered, pinned(''), promote],
  ['a word that is none of ours', registered, pinned('Deny'), refuse('unknown_pin', 'Deny')],
  ['nor what every object has', registered, pinned('toString'), refuse('unknown_pin', 'toString')],
  ['allow stands for the missing mark', registered, { ...unmarked, ...pinned('allow') }, promote],
  ['keep does not', registered, { ...unmarked, ...pinned('keep') }, ignore('unmarked')],
  [
    'allow lets no foreign redirect in',
    registered,
    { callbacks: [evil], ...pinned('allow') },
    refuse('redirect_not_allowed', evil),
  ],
  [
    'nor an unmarked client with one',
    registered,
    { ...unmarked, callbacks: [evil], ...pinned('allow') },
    refuse('redirect_not_allowed', evil),
  ],
  [
    "nor an administrator's client",
    registered,
    { external_metadata_created_by: 'admin', ...pinned('allow') },
    ignore('not_self_registered'),
  ],
  ['a document imported by us', imported, {}, promote],
  [
    'imported by somebody else',
    imported,
    { client_metadata: undefined },
    ignore('not_self_registered'),
  ],
  [
    'with the mark of the other recipe',
    imported,
    { client_metadata: { gateway_recipe: 'first-party' } },
    ignore('not_self_registered'),
  ],
  [
    'a document of nobody known',
    imported,
    { external_client_id: 'https://chatgpt.com/oauth/client.json?' },
    ignore('not_self_registered'),
  ],
  [
    'of somebody who is not promoted',
    imported,
    {},
    ignore('not_self_registered'),
    { PROMOTE_CLIENTS: ['claude'] },
  ],
  [
    'a document that sends people elsewhere',
    imported,
    { callbacks: [evil] },
    refuse('redirect_not_allowed', evil),
  ],
  [
    'an imported one with keys of its own',
    imported,
    { token_endpoint_auth_method: 'private_key_jwt' },
    promote,
  ],
  [
    'an imported one with another method',
    imported,
    { token_endpoint_auth_method: 'tls_client_auth' },
    refuse('auth_method', 'tls_client_auth'),
  ],
  [
    'an imported one cannot become first-party',
    imported,
    {},
    refuse('strict_client'),
    { PROMOTION: 'first-party' },
  ],
];

for (const [name, base, change, wanted, rules] of rows) {
  t.test(name, async (t) => {
    t.strictSame(decide({ ...base, ...change }, { ...usual, ...rules }), wanted);
  });
}

t.test('every reason and every pin is explained in a sentence', async (t) => {
  for (const text of [...Object.values(reasons), ...Object.values(pins)])
    t.match(text, /^[A-Z].+\.$/);
  t.ok(Object.keys(pins).every(isPin));
  t.equal(pinOf(registered), undefined);
});
