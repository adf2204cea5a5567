import t, { type Test } from 'tap';
import { createVerifyToken, type VerifyToken } from '../../src/verify/access-token.ts';
import { createKeySet } from '../../src/verify/keys.ts';
import { startKeyServer } from '../fixtures/key-server.ts';
import { makeKey } from '../fixtures/keys.ts';
import { refused } from '../fixtures/refused.ts';
import { audience, claims, compact, issuer, NOW, token } from '../fixtures/tokens.ts';

const key = await makeKey('key-1');
const strange = await makeKey('key-1');

async function startVerify(t: Test): Promise<VerifyToken> {
  const { url } = await startKeyServer(t, key);
  const keys = createKeySet({
    url,
    maxStaleSeconds: 60,
    onChange: () => {},
    onError: (error) => t.fail(String(error)),
  });
  const now = () => NOW * 1000;
  return createVerifyToken(keys, { issuer, audience, clockTolerance: 60, organizations: [], now });
}
const verify = await startVerify(t);
const header = { alg: 'RS256', typ: 'JWT', kid: 'key-1' };

t.test('believes both profiles of Auth0', async (t) => {
  const { azp: _, ...rfc9068 } = claims({ client_id: 'tpc_client', jti: 'a' });
  t.same(await verify(token(key)), claims());
  t.same(await verify(compact({ ...header, typ: 'at+jwt' }, rfc9068, key.rs256)), rfc9068);
});

t.test('believes', async (t) => {
  const good: Record<string, string> = {
    'the media type in full': token(key, {}, { typ: 'application/at+jwt' }),
    'a type in capitals': token(key, {}, { typ: 'AT+JWT' }),
    'no type': token(key, {}, { typ: undefined }),
    'an audience among several': token(key, { aud: [audience, `${issuer}userinfo`] }),
    'a machine': token(key, { sub: 'abc@clients', gty: 'client-credentials' }),
    'a token that ended less than the tolerance ago': token(key, { exp: NOW - 59 }),
    'a token that begins within the tolerance': token(key, { nbf: NOW + 60 }),
  };
  for (const [name, text] of Object.entries(good))
    t.equal(await refused(verify(text)), 'believed', name);
});

const expected: Record<string, [reason: string, text: string]> = {
  'a token that ended the tolerance ago': ['expired', token(key, { exp: NOW - 60 })],
  'a token that begins after the tolerance': ['not_yet_valid', token(key, { nbf: NOW + 61 })],
  'another tenant': ['wrong_issuer', token(key, { iss: 'https://other.example.auth0.com/' })],
  'the issuer without its slash': ['wrong_issuer', token(key, { iss: issuer.slice(0, -1) })],
  'several issuers': ['wrong_issuer', token(key, { iss: [issuer] })],
  'no issuer': ['wrong_issuer', token(key, { iss: undefined })],
  'another API': ['wrong_audience', token(key, { aud: 'https://other.example.com' })],
  'an ID token': ['wrong_audience', token(key, { aud: 'tpc_client', nonce: 'n' })],
  'only the userinfo endpoint': ['wrong_audience', token(key, { aud: [`${issuer}userinfo`] })],
  'part of the audience': ['wrong_audience', token(key, { aud: `${audience}/more` })],
  'the audience within an object': ['wrong_audience', token(key, { aud: { [audience]: 1 } })],
  'no audience': ['wrong_audience', token(key, { aud: undefined })],
  'an empty audience': ['wrong_audience', token(key, { aud: [] })],
  'no subject': ['no_subject', token(key, { sub: undefined })],
  'an empty subject': ['no_subject', token(key, { sub: '' })],
  'a subject that is a number': ['no_subject', token(key, { sub: 7 })],
  DPoP: ['sender_constrained', token(key, { cnf: { jkt: 'thumbprint' } })],
  'mutual TLS': ['sender_constrained', token(key, { cnf: { 'x5t#S256': 'thumbprint' } })],
  'an empty confirmation': ['sender_constrained', token(key, { cnf: null })],
  'a strange key under a known name': ['bad_signature', token(strange)],
  'an altered payload': ['bad_signature', token(key).replace(/\.[^.]+\./, `.${forged()}.`)],
  'an empty signature': ['bad_signature', token(key).replace(/[^.]+$/, '')],
  'a key never published': ['unknown_key', token(key, {}, { kid: 'key-2' })],
  'no key name': ['unknown_key', token(key, {}, { kid: undefined })],
  'no end': ['malformed', token(key, { exp: undefined })],
  'an end that is text': ['malformed', token(key, { exp: String(NOW + 3600) })],
  'a beginning that is text': ['malformed', token(key, { nbf: String(NOW) })],
  'a DPoP proof': ['malformed', token(key, {}, { typ: 'dpop+jwt' })],
  'a logout token': ['malformed', token(key, {}, { typ: 'logout+jwt' })],
  'a type that is a number': ['malformed', token(key, {}, { typ: 1 })],
  'a critical extension': ['malformed', token(key, {}, { crit: ['exp'], exp: 1 })],
  'an unencoded payload': ['malformed', token(key, {}, { crit: ['b64'], b64: false })],
  'a header that is no JSON': ['malformed', compact('{', claims(), key.rs256)],
  'a header that is a list': ['malformed', compact([header], claims(), key.rs256)],
  'a header that is no base64url': ['malformed', `%${token(key)}`],
  'a signature that is no base64url': ['malformed', `${token(key)}%`],
  'a payload that is no JSON': ['malformed', compact(header, 'claims', key.rs256)],
  'a payload that is a list': ['malformed', compact(header, [claims()], key.rs256)],
  'a payload that is no UTF-8': ['malformed', binary()],
  'a token within a token': [
    'malformed',
    compact({ ...header, cty: 'JWT' }, token(key), key.rs256),
  ],
  'three empty parts': ['malformed', '..'],
  'five parts': ['ACCESS_TOKEN_IS_ENCRYPTED_JWE', 'eyJhbGciOiJkaXIifQ..iv.text.tag'],
  'an opaque token': ['ACCESS_TOKEN_NOT_JWS', 'opaque-token-of-32-characters-xx'],
  'two parts': ['ACCESS_TOKEN_NOT_JWS', token(key).replace(/\.[^.]+$/, '')],
  'four parts': ['ACCESS_TOKEN_NOT_JWS', `${token(key)}.`],
};

function forged(): string {
  return Buffer.from(JSON.stringify(claims({ sub: 'auth0|eve' }))).toString('base64url');
}
function binary(): string {
  const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${Buffer.from([0x22, 0xff, 0x22]).toString('base64url')}`;
  return `${input}.${key.rs256(input).toString('base64url')}`;
}

for (const [name, [reason, text]] of Object.entries(expected)) {
  t.test(`refuses ${name}: ${reason}`, async (t) => {
    t.equal(await refused(verify(text)), reason);
  });
}
