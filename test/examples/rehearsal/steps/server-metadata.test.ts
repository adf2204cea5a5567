import t, { type Test } from 'tap';
import { createFetch } from '../../../../examples/rehearsal/http.ts';
import { serverMetadata } from '../../../../examples/rehearsal/steps/server-metadata.ts';
import { rejected } from '../rejected.ts';
import { type Reply, routes, serve } from '../serve.ts';

const oauth = '/.well-known/oauth-authorization-server';
const openid = '/.well-known/openid-configuration';

const documentOf = (origin: string) => ({
  issuer: `${origin}/`,
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/oauth/token`,
  jwks_uri: `${origin}/.well-known/jwks.json`,
  registration_endpoint: `${origin}/oidc/register`,
  code_challenge_methods_supported: ['S256', 'plain'],
});

interface Stage {
  /** Changes to the tenant's document. */
  readonly tenant?: Record<string, unknown>;
  readonly tenantReply?: Reply;
  /** What the gateway has, of the tenant's document. */
  readonly gateway?: (body: Record<string, unknown>) => Record<string, Reply>;
  readonly mayRegister?: boolean;
}

const play = async (t: Test, stage: Stage = {}) => {
  const { tenant = {}, tenantReply, gateway = () => ({}), mayRegister = true } = stage;
  let body: Record<string, unknown> = {};
  const origin = await serve(t, ({ path }) => {
    if (tenantReply !== undefined) return tenantReply;
    return path === openid ? { body } : { status: 404, body: {} };
  });
  body = { ...documentOf(origin), ...tenant };
  const url = new URL(`${await serve(t, routes(gateway(body)))}/mcp`);
  return serverMetadata(`${origin}/`, url, createFetch('test/1'), mayRegister);
};

t.test('a tenant with all of it passes, mirrored or not', async (t) => {
  const alone = await play(t);
  t.equal(alone.value.returnsIssuer, false);
  t.match(alone.detail, /S256, no iss in responses, not mirrored/);

  const mirrored = await play(t, {
    tenant: { authorization_response_iss_parameter_supported: true },
    gateway: (body) => ({ [oauth]: { body }, [openid]: { body } }),
  });
  t.equal(mirrored.value.returnsIssuer, true);
  t.match(mirrored.detail, /, iss in responses, mirrored by the gateway/);
});

t.test('a client registered earlier needs no registration', async (t) => {
  await play(t, { tenant: { registration_endpoint: undefined }, mayRegister: false });
});

const wrong: [string, Stage, object][] = [
  [
    'no registration endpoint',
    { tenant: { registration_endpoint: undefined } },
    { came: /does not support dynamic client registration/, fix: /enable_dynamic_client_reg/ },
  ],
  ['no PKCE', { tenant: { code_challenge_methods_supported: undefined } }, { came: 'none' }],
  ['plain PKCE', { tenant: { code_challenge_methods_supported: ['plain'] } }, { came: 'plain' }],
  [
    'an issuer without its slash',
    { tenant: { issuer: 'http://127.0.0.1' } },
    { came: 'issuer http://127.0.0.1', fix: /slash/ },
  ],
  ['no metadata', { tenantReply: { status: 404, body: {} } }, { came: /HTTP 404; .*HTTP 404/ }],
  ['a page', { tenantReply: { body: '<p>' } }, { came: /Invalid input/ }],
  [
    'a mirror that differs',
    {
      gateway: (body) => ({ [oauth]: { body: { ...body, token_endpoint: 'https://x.example' } } }),
    },
    { came: 'https://x.example', expected: /^token_endpoint/ },
  ],
  [
    'a mirror that cannot reach the tenant',
    { gateway: () => ({ [openid]: { status: 502, body: { error: 'tenant_unreachable' } } }) },
    { came: 'HTTP 502' },
  ],
];
for (const [name, stage, failure] of wrong) {
  t.test(`${name}: a failure`, async (t) => {
    t.match(await rejected(play(t, stage)), { failure });
  });
}
