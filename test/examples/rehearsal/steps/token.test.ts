import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/client';
import { type JWTPayload, UnsecuredJWT } from 'jose';
import t from 'tap';
import type { Session } from '../../../../examples/rehearsal/session.ts';
import { token } from '../../../../examples/rehearsal/steps/token.ts';
import { rejected } from '../rejected.ts';

const issuer = 'https://tenant.example/';
const resource = 'https://g.example/mcp';
const back = new URL('https://chatgpt.com/?code=c');
const claims = { iss: issuer, aud: resource, sub: 'auth0|1', scope: 'a b', azp: 'c', exp: 1e10 };

/** The step looks into the token and does not verify it: that is the gateway's to do. */
const jwt = (payload: JWTPayload) => `${new UnsecuredJWT(payload).encode()}signature`;

const play = (access_token: string, scopes = ['a'], more: object = {}) => {
  const finish = async () => ({ access_token, token_type: 'Bearer', ...more });
  return token({ finish } as unknown as Session, back, { issuer, resource, scopes });
};

t.test('the claims are shown, the token is not', async (t) => {
  const secret = jwt(claims);
  const { value, detail } = await play(secret, ['a'], { refresh_token: 'hidden' });
  t.strictSame(value, ['a', 'b']);
  t.match(detail, /iss https:.* sub auth0\|1, scope a b, azp c, exp in \d+ min, refresh token$/);
  t.notMatch(detail, secret);
  t.notMatch(detail, 'hidden');
});

t.test('several audiences, permissions without scope and no expiry are told too', async (t) => {
  const { scope: _, exp: __, ...rest } = claims;
  const aud = [resource, `${issuer}userinfo`];
  const { value, detail } = await play(jwt({ ...rest, aud, permissions: ['a'] }));
  t.strictSame(value, ['a']);
  t.match(detail, /aud https:.*,https:.*userinfo.*permissions a.*no refresh token/);
  const { value: none } = await play(jwt(rest), []);
  t.strictSame(none, []);
});

const wrong: [string, string, object][] = [
  ['an encrypted token', 'a.b.c.d.e', { came: /JWE/, fix: /resource_parameter_profile/ }],
  ['an opaque token', 'abc', { came: /opaque/, fix: /No audience/ }],
  ['another issuer', jwt({ ...claims, iss: 'https://x/' }), { expected: `iss ${issuer}` }],
  ['another audience', jwt({ ...claims, aud: 'api' }), { came: 'aud api', fix: /identifier/ }],
  ['too little scope', jwt({ ...claims, scope: '' }), { came: /^scope none, sub/, fix: /RBAC/ }],
  ['half the scope', jwt({ ...claims, scope: 'b' }), { came: /^scope b/, fix: /permission a / }],
];
for (const [name, access_token, failure] of wrong) {
  t.test(`${name}: a failure`, async (t) => {
    t.match(await rejected(play(access_token)), { failure });
  });
}

t.test('a code the tenant does not take is told', async (t) => {
  const failing = (error: Error) => {
    const finish = async () => Promise.reject(error);
    return rejected(
      token({ finish } as unknown as Session, back, { issuer, resource, scopes: [] }),
    );
  };
  t.match(await failing(new OAuthError(OAuthErrorCode.InvalidGrant, 'used')), {
    failure: { came: 'invalid_grant: used', fix: /used up/ },
  });
  t.match(await failing(new OAuthError(OAuthErrorCode.InvalidClient, 'gone')), {
    failure: { came: 'invalid_client: gone', fix: /public/ },
  });
  t.match(await failing(new Error('odd')), { message: 'odd' });
});
