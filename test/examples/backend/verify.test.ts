import { createHmac } from 'node:crypto';
import t from 'tap';
import { createVerifier, signatureBase } from '../../../examples/backend/verify.ts';
import { type Draft, draft, keyidOf, SECRET, sign } from './sign.ts';

const NOW = 1_700_000_000;
const PERSON = { 'x-user-id': 'auth0|ada', 'x-client-id': 'tpc_1', 'x-scopes': 'a:read a:write' };

/** What arrives when this call is sent; `headers` joins extra raw headers at the end. */
function arrives(call: Draft, headers: string[] = []) {
  const { method, authority, path, body } = call;
  const raw = [...Object.entries(sign(call)).flat(), ...headers];
  return { method, authority, path, headers: raw, body: Buffer.from(body) };
}
const signed = (changes: Partial<Draft> = {}) => draft({ created: NOW, ...changes });
const verifier = (options = {}) =>
  createVerifier({ secrets: [SECRET], now: () => NOW * 1000, ...options });

t.test('RFC 9421 B.2.5: the base and its hmac-sha256 are those of the RFC', async (t) => {
  const key = Buffer.from(
    'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
    'base64',
  );
  const fields = new Map([
    ['date', ['Tue, 20 Apr 2021 02:07:55 GMT']],
    ['@authority', ['example.com']],
    ['content-type', ['application/json']],
  ]);
  const parameters =
    '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"';
  const base = signatureBase(fields, ['date', '@authority', 'content-type'], parameters);
  const mac = createHmac('sha256', key).update(base).digest('base64');
  t.equal(mac, 'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=');
});

t.test('a signed call tells who calls what', async (t) => {
  t.same(verifier()(arrives(signed({ headers: PERSON }))), {
    ok: true,
    identity: {
      userId: 'auth0|ada',
      clientId: 'tpc_1',
      scopes: ['a:read', 'a:write'],
      toolName: 'listEvents',
      requestId: 'req-1',
    },
  });
});

t.test('a signed call without identity is anonymous', async (t) => {
  t.same(verifier()(arrives(signed())), {
    ok: true,
    identity: { scopes: [], toolName: 'listEvents', requestId: 'req-1' },
  });
});

t.test('identity is decoded from percent-encoded UTF-8', async (t) => {
  const headers = { 'x-user-id': 'auth0|J%C3%BCrgen%25', 'x-scopes': 'a%3Ab%20c d' };
  const verdict = verifier()(arrives(signed({ headers })));
  t.match(verdict, { identity: { userId: 'auth0|Jürgen%', scopes: ['a:b', 'c', 'd'] } });
});

t.test('a header that joins the contract later is accepted when it is covered', async (t) => {
  t.match(verifier()(arrives(signed({ headers: { 'x-org-id': 'org_1' } }))), { ok: true });
});

t.test('what proxies add needs no signature', async (t) => {
  const added = [
    'X-Forwarded-For',
    '10.0.0.1',
    'x-forwarded-for',
    '10.0.0.2',
    'via',
    'a',
    'via',
    'b',
  ];
  t.match(verifier()(arrives(signed(), added)), { ok: true });
});

t.test('header names and the authority are compared without case', async (t) => {
  const call = arrives(signed({ authority: 'tools.example' }));
  const headers = call.headers.map((text, at) => (at % 2 === 0 ? text.toUpperCase() : text));
  t.match(verifier()({ ...call, authority: 'Tools.Example', headers }), { ok: true });
});

t.test('a fixed authority is used instead of what Host says', async (t) => {
  const verify = verifier({ authority: 'tools.example:8443' });
  const inside = arrives(signed({ authority: 'tools.example:8443' }));
  t.match(verify({ ...inside, authority: 'container:8081' }), { ok: true });
  const other = arrives(signed({ authority: 'other.example' }));
  t.same(verify(other), { ok: false, reason: 'bad_signature' });
});

t.test('while a secret is changed, both sign', async (t) => {
  const verify = verifier({ secrets: ['the-next-secret', SECRET] });
  t.match(verify(arrives(signed({ secret: 'the-next-secret' }))), { ok: true });
  t.match(verify(arrives(signed())), { ok: true });
  t.same(verifier({ secrets: ['the-next-secret'] })(arrives(signed())), {
    ok: false,
    reason: 'unknown_key',
  });
});

t.test('keyid chooses the secret: another one cannot sign under it', async (t) => {
  const call = arrives(signed({ secret: 'guess' }));
  const headers = call.headers.map((text) => text.replace(keyidOf('guess'), keyidOf(SECRET)));
  t.same(verifier()({ ...call, headers }), { ok: false, reason: 'bad_signature' });
});

t.test('a verifier without a secret does not start', async (t) => {
  t.throws(() => createVerifier({ secrets: [] }), TypeError);
  t.throws(() => createVerifier({ secrets: ['good', ''] }), TypeError);
});

t.test('a call lives from a little before its time to maxAgeSeconds after it', async (t) => {
  for (const [seconds, expected] of [
    [-6, { ok: false, reason: 'not_yet_valid' }],
    [-5, { ok: true }],
    [0, { ok: true }],
    [60, { ok: true }],
    [61, { ok: false, reason: 'stale' }],
  ] as const)
    t.match(verifier({ now: () => (NOW + seconds) * 1000 })(arrives(signed())), expected);
  const patient = verifier({ maxAgeSeconds: 300, now: () => (NOW + 300) * 1000 });
  t.match(patient(arrives(signed())), { ok: true });
});

t.test('a nonce is good for one call, for as long as it is fresh', async (t) => {
  let time = NOW - 5;
  const verify = createVerifier({ secrets: [SECRET], now: () => time * 1000 });
  const call = arrives(signed());
  t.match(verify(call), { ok: true });
  for (time = NOW - 5; time <= NOW + 60; time += 5)
    t.same(verify(call), { ok: false, reason: 'replayed' }, `after ${time - NOW} s`);
  t.same(verify(call), { ok: false, reason: 'stale' });
  t.match(verify(arrives(signed({ created: time }))), { ok: true });
});

t.test('a nonce is remembered beyond the change of generations', async (t) => {
  let time = NOW;
  const verify = createVerifier({ secrets: [SECRET], now: () => time * 1000 });
  t.match(verify(arrives(signed({ created: NOW }))), { ok: true });
  const late = arrives(signed({ created: NOW + 58 }));
  time = NOW + 60;
  t.match(verify(late), { ok: true });
  time = NOW + 70;
  t.match(verify(arrives(signed({ created: NOW + 70 }))), { ok: true }, 'a new generation began');
  t.same(verify(late), { ok: false, reason: 'replayed' });
});

t.test('nonces of refused calls are not remembered', async (t) => {
  const verify = verifier();
  const call = arrives(signed());
  t.same(verify({ ...call, path: '/functions/addEvent' }), { ok: false, reason: 'bad_signature' });
  t.match(verify(call), { ok: true });
});

t.test('nonces are forgotten when their replay is stale anyway', async (t) => {
  let time = NOW;
  const verify = createVerifier({ secrets: [SECRET], now: () => time * 1000 });
  const nonce = 'the-same-one';
  t.match(verify(arrives(signed({ nonce }))), { ok: true });
  time += 66;
  t.match(verify(arrives(signed({ created: time }))), { ok: true });
  time += 66;
  t.match(verify(arrives(signed({ created: time, nonce }))), { ok: true });
});

t.test('without a clock given, the wall clock counts', async (t) => {
  t.match(createVerifier({ secrets: [SECRET] })(arrives(draft())), { ok: true });
});
