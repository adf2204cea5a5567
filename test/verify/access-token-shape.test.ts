import t, { type Test } from 'tap';
import { createVerifyToken, type VerifyToken } from '../../src/verify/access-token.ts';
import { createKeySet } from '../../src/verify/keys.ts';
import { startKeyServer } from '../fixtures/key-server.ts';
import { makeKey } from '../fixtures/keys.ts';
import { refused } from '../fixtures/refused.ts';
import { audience, claims, compact, issuer, NOW, token } from '../fixtures/tokens.ts';

const key = await makeKey('key-1');

async function startVerify(t: Test, organizations: readonly string[]): Promise<VerifyToken> {
  const { url } = await startKeyServer(t, key);
  const onError = (error: unknown) => t.fail(String(error));
  const keys = createKeySet({ url, maxStaleSeconds: 60, onChange: () => {}, onError });
  const now = () => NOW * 1000;
  return createVerifyToken(keys, { issuer, audience, clockTolerance: 0, organizations, now });
}
const verify = await startVerify(t, []);
const header = { alg: 'RS256', typ: 'JWT', kid: 'key-1' };

/** A payload as text, with more members at the end: what JSON.stringify would never write. */
const written = (more: string): string =>
  compact(header, `${JSON.stringify(claims()).slice(0, -1)},${more}}`, key.rs256);

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** A token of so many characters; some lengths only another header makes possible. */
function ofLength(length: number): string {
  const make = (payload: number, more: number): string =>
    token(key, { filler: 'x'.repeat(payload) }, { more: 'x'.repeat(more) });
  const start = Math.floor(((length - make(0, 0).length) * 3) / 4) - 4;
  const tries = Array.from({ length: 32 }, (_, i) => make(start + (i >> 2), i & 3));
  return String(tries.find((text) => text.length === length));
}

const judged: Record<string, [outcome: string, text: string]> = {
  'an end that is no whole number': ['believed', token(key, { exp: NOW + 0.5 })],
  'an end in this very second': ['expired', token(key, { exp: NOW })],
  'an end before the epoch': ['expired', token(key, { exp: -1 })],
  'the end 0': ['expired', token(key, { exp: 0 })],
  'an end in a thousand years': ['believed', token(key, { exp: NOW + 3.2e10 })],
  'the greatest of all numbers': ['believed', token(key, { exp: Number.MAX_VALUE })],
  'an end beyond all numbers': ['malformed', written('"exp":1e999')],
  'an end that is null': ['malformed', token(key, { exp: null })],
  'an end that is a list': ['malformed', token(key, { exp: [NOW + 60] })],
  'an end that is true': ['malformed', token(key, { exp: true })],
  'a beginning that is no whole number': ['not_yet_valid', token(key, { nbf: NOW + 0.5 })],
  'a beginning in this very second': ['believed', token(key, { nbf: NOW })],
  'a beginning beyond all numbers': ['not_yet_valid', written('"nbf":1e999')],
  'a beginning before all numbers': ['believed', written('"nbf":-1e999')],
  'a beginning that is null': ['malformed', token(key, { nbf: null })],
  'issued in the future (RFC 7519 §4.1.6 gives iat no say)': [
    'believed',
    token(key, { iat: NOW + 99 }),
  ],
  'issued at no number': ['malformed', token(key, { iat: 'yesterday' })],
  'never issued': ['believed', token(key, { iat: undefined })],
  'hundreds of audiences, ours the last': [
    'believed',
    token(key, { aud: [...Array.from({ length: 500 }, (_, i) => `aud-${i}`), audience] }),
  ],
  'hundreds of audiences, none of them ours': [
    'wrong_audience',
    token(key, { aud: Array.from({ length: 250 }, (_, i) => `${audience}${i}`) }),
  ],
  'our audience within a list in the list': ['wrong_audience', token(key, { aud: [[audience]] })],
  'a key twice: the last one counts': ['expired', written('"exp":1')],
  'an issuer twice': ['wrong_issuer', written('"iss":"https://evil.example/"')],
  'a __proto__ that is no prototype': [
    'no_subject',
    compact(
      header,
      `${JSON.stringify(claims({ sub: undefined })).slice(0, -1)},"__proto__":{"sub":"auth0|eve"}}`,
      key.rs256,
    ),
  ],
  'a deep payload': ['believed', written(`"deep":${nested(5000)}`)],
  'a deep header': [
    'believed',
    compact(`${JSON.stringify(header).slice(0, -1)},"deep":${nested(5000)}}`, claims(), key.rs256),
  ],
  'a deep key name': ['malformed', compact(`{"alg":"RS256","kid":${nested(5000)}`, {}, key.rs256)],
  'a header with an algorithm twice': [
    'unsupported_algorithm',
    compact(`{"alg":"RS256","kid":"key-1","alg":"none"}`, claims(), key.rs256),
  ],
  '16384 characters': ['believed', ofLength(16_384)],
  'one more': ['malformed', ofLength(16_385)],
  'a signature padded with =': ['malformed', `${token(key)}==`],
  'a signature in the other alphabet': ['malformed', otherAlphabet()],
  'a signature with other spare bits': ['malformed', otherSpareBits()],
  'a signature with a line break': ['malformed', `${token(key)}\n`],
  'an empty header': ['malformed', token(key).replace(/^[^.]+/, '')],
  'an empty payload': ['malformed', compact(header, '', key.rs256)],
  'nothing but dots, four of them': ['ACCESS_TOKEN_IS_ENCRYPTED_JWE', '....'],
  nothing: ['ACCESS_TOKEN_NOT_JWS', ''],
};

/** A good token whose signature has `-` or `_`, spelt with `+` and `/`. */
function otherAlphabet(): string {
  let text = token(key);
  for (let i = 0; !/[-_][^.]*$/.test(text); i += 1) text = token(key, { i });
  const [head, payload, signature = ''] = text.split('.');
  return `${head}.${payload}.${signature.replace(/-/g, '+').replace(/_/g, '/')}`;
}

/** 256 bytes take 342 characters and leave four bits: sixteen spellings of one signature. */
function otherSpareBits(): string {
  const text = token(key);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return `${text.slice(0, -1)}${letters[letters.indexOf(text.slice(-1)) + 1]}`;
}

for (const [name, [outcome, text]] of Object.entries(judged)) {
  t.test(`${name}: ${outcome}`, async (t) => {
    t.equal(await refused(verify(text)), outcome);
  });
}

t.test('organizations: any by default, else only those named', async (t) => {
  const closed = await startVerify(t, ['org_a', 'org_b']);
  for (const org_id of ['org_a', 'org_b']) {
    t.equal(await refused(closed(token(key, { org_id }))), 'believed');
  }
  for (const org_id of [undefined, '', 'org_', 'ORG_A', 'org_a ', ['org_a'], { org_a: 1 }, null]) {
    const text = token(key, { org_id });
    t.equal(await refused(closed(text)), 'wrong_organization', JSON.stringify(org_id));
    t.equal(await refused(verify(text)), 'believed');
  }
  const machine = { sub: 'abc@clients', gty: 'client-credentials' };
  t.equal(await refused(closed(token(key, machine))), 'wrong_organization', 'machines too');
  t.equal(await refused(closed(token(key, { ...machine, org_id: 'org_a' }))), 'believed');
});
