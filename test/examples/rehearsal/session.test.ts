import { createHash } from 'node:crypto';
import t, { type Test } from 'tap';
import { createFetch } from '../../../examples/rehearsal/http.ts';
import { createSession } from '../../../examples/rehearsal/session.ts';
import { register } from '../../../examples/rehearsal/steps/register.ts';
import { rejected } from './rejected.ts';
import { type Reply, type Request, serve } from './serve.ts';

const redirectUri = 'https://chatgpt.com/connector/oauth/rehearsal';

interface Stage {
  readonly registration?: Reply;
  readonly clientId?: string;
}

/** A session with a scripted gateway and tenant in one; `seen` = what the tenant was sent. */
const stage = async (t: Test, { registration, clientId }: Stage = {}) => {
  const seen: Request[] = [];
  let origin = '';
  const replies: Record<string, () => Reply> = {
    '/.well-known/oauth-protected-resource': () => ({
      body: { resource: `${origin}/mcp`, authorization_servers: [`${origin}/`] },
    }),
    '/.well-known/oauth-authorization-server': () => ({
      body: {
        issuer: `${origin}/`,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/oauth/token`,
        registration_endpoint: `${origin}/oidc/register`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      },
    }),
    '/oidc/register': () =>
      registration ?? { status: 201, body: { client_id: 'tpc_1', redirect_uris: [redirectUri] } },
    '/oauth/token': () => ({ body: { access_token: 'a.b.c', token_type: 'Bearer' } }),
  };
  origin = await serve(t, (request) => {
    seen.push(request);
    return replies[request.path]?.() ?? { status: 404, body: {} };
  });
  const session = createSession({
    url: new URL(`${origin}/mcp`),
    resourceMetadataUrl: new URL(`${origin}/.well-known/oauth-protected-resource`),
    issuer: `${origin}/`,
    redirectUri,
    clientId,
    fetch: createFetch('test/1'),
  });
  const sent = (path: string) => seen.filter((request) => request.path === path);
  return { session, sent, origin };
};

t.test('it registers as ChatGPT does and asks with PKCE and the resource verbatim', async (t) => {
  const { session, sent, origin } = await stage(t);
  t.equal(session.accessToken(), undefined);
  const { value: asked, detail } = await register(session, 'a', undefined);
  t.match(detail, /client tpc_1, redirect https:\/\/chatgpt\.com/);
  t.match(JSON.parse(String(sent('/oidc/register')[0]?.body)), {
    client_name: 'ChatGPT',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
  });
  const query = Object.fromEntries(asked.url.searchParams);
  const { code_challenge, state, ...rest } = query;
  t.strictSame(rest, {
    response_type: 'code',
    client_id: 'tpc_1',
    code_challenge_method: 'S256',
    redirect_uri: redirectUri,
    scope: 'a',
    resource: `${origin}/mcp`,
  });
  t.equal(state, asked.state);

  const back = new URL(`${redirectUri}?code=c&state=${state}&iss=${origin}/`);
  t.match(await session.finish(back), { access_token: 'a.b.c' });
  t.equal(session.accessToken(), 'a.b.c');
  const redeemed = new URLSearchParams(sent('/oauth/token')[0]?.body);
  t.match(Object.fromEntries(redeemed), { grant_type: 'authorization_code', code: 'c' });
  const verifier = String(redeemed.get('code_verifier'));
  t.equal(createHash('sha256').update(verifier).digest('base64url'), code_challenge);

  const again = await session.ask('a b');
  t.equal(again.url.searchParams.get('scope'), 'a b');
  t.not(again.state, asked.state, 'each request has its own state');
  t.equal(sent('/oidc/register').length, 1, 'one registration for all of it');
});

t.test('a code of another issuer is not redeemed (RFC 9207)', async (t) => {
  const { session, sent } = await stage(t);
  await session.ask('a');
  await t.rejects(session.finish(new URL(`${redirectUri}?code=c&iss=https://evil.example/`)), {
    name: 'IssuerMismatchError',
  });
  t.equal(sent('/oauth/token').length, 0);
});

t.test(
  'a client registered earlier is used as it is, and asks for what is advertised',
  async (t) => {
    const { session, sent } = await stage(t, { clientId: 'tpc_old' });
    const done = await register(session, undefined, 'tpc_old');
    t.match(done, { skipped: true, value: { clientId: 'tpc_old' }, detail: /tpc_old/ });
    t.equal(done.value.url.searchParams.get('scope'), null);
    t.equal(sent('/oidc/register').length, 0);
  },
);

t.test('a tenant that does not register is told', async (t) => {
  const refused = async (status: number) => {
    const { session } = await stage(t, { registration: { status, body: { error: 'no' } } });
    return rejected(register(session, 'a', undefined));
  };
  t.match(await refused(404), { failure: { came: /^HTTP 404 .*no/, fix: /enable_dynamic/ } });
  t.match(await refused(400), { failure: { fix: /names the field/ } });
  const { session } = await stage(t, { registration: { status: 201, body: {} } });
  t.match(await rejected(register(session, 'a', undefined)), { name: 'ZodError' });
});
