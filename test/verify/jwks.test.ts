import type { JWK } from 'jose';
import t from 'tap';
import { fetchJwks } from '../../src/verify/jwks.ts';
import { startKeyServer } from '../fixtures/key-server.ts';
import { makeKey, makeWeakKey } from '../fixtures/keys.ts';

const good = await makeKey('good');
const other = await makeKey('other');
const weak = await makeWeakKey('weak');
const short = await makeWeakKey('short', 2047);
const elliptic = await makeKey('elliptic', 'ES256');
const server = await startKeyServer(t);

const publish = (...keys: readonly JWK[]): void => server.answer(200, JSON.stringify({ keys }));
const read = (timeoutMs = 5_000) => fetchJwks(server.url, timeoutMs);

t.test('reads RS256 keys by their names', async (t) => {
  publish(good.jwk, other.jwk);
  const { keys } = await read();
  t.same([...keys.keys()], ['good', 'other']);
  t.match(keys.get('good'), {
    type: 'public',
    algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' }, modulusLength: 2048 },
  });
});

t.test('use and alg may be left out', async (t) => {
  const { kty, n, e } = good.jwk;
  server.answer(200, JSON.stringify({ keys: [{ kid: 'bare', kty, n, e }] }));
  t.same([...(await read()).keys.keys()], ['bare']);
});

t.test('the digest differs when the document does', async (t) => {
  publish(good.jwk);
  const { digest } = await read();
  t.equal((await read()).digest, digest);
  publish(good.jwk, other.jwk);
  t.not((await read()).digest, digest);
});

const unusable: Record<string, JWK> = {
  'an elliptic curve': elliptic.jwk,
  'a secret': { kty: 'oct', kid: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQ' },
  '1024 bits': weak.jwk,
  'one bit too few': short.jwk,
  'for encryption': { ...good.jwk, use: 'enc' },
  'for RS512': { ...good.jwk, alg: 'RS512' },
  'for PS256': { ...good.jwk, alg: 'PS256' },
  'for RSA-OAEP': { ...good.jwk, alg: 'RSA-OAEP' },
  'of a kind nobody knows': { ...good.jwk, kty: 'XYZ' },
  'of the wrong kind': { ...good.jwk, kty: 'EC' },
  'without a name': { ...good.jwk, kid: '' },
  'without a modulus': { kty: 'RSA', kid: 'good', e: 'AQAB' },
  'without an exponent': { kty: 'RSA', kid: 'good', n: String(good.jwk.n) },
  'with a broken modulus': { ...good.jwk, n: '%%%' },
};
for (const [name, jwk] of Object.entries(unusable)) {
  t.test(`ignores a key: ${name}`, async (t) => {
    publish(jwk);
    await t.rejects(read(), { message: 'the key server publishes no usable RS256 key' });
    publish(jwk, other.jwk);
    t.same([...(await read()).keys.keys()], ['other'], 'the others stay good');
  });
}

t.test('a private key published by mistake gives only its public part', async (t) => {
  publish({ ...good.jwk, d: 'AQAB', p: 'AQAB', q: 'AQAB' });
  t.match((await read()).keys.get('good'), { type: 'public' });
});

const broken: Record<string, [status: number, text: string]> = {
  'an error': [500, JSON.stringify({ keys: [good.jwk] })],
  'a redirect': [302, JSON.stringify({ keys: [good.jwk] })],
  'not found': [404, ''],
  'a page': [200, '<!doctype html>'],
  nothing: [200, ''],
  'no keys': [200, '{}'],
  'keys that are no list': [200, '{"keys":7}'],
  'an empty list': [200, '{"keys":[]}'],
  'null instead of a document': [200, 'null'],
  'null instead of a key': [200, '{"keys":[null]}'],
  'a dropped connection': [0, ''],
};
for (const [name, [status, text]] of Object.entries(broken)) {
  t.test(`refuses a document: ${name}`, async (t) => {
    server.answer(status, text);
    await t.rejects(read());
  });
}

t.test('the time-out covers the whole answer', async (t) => {
  publish(good.jwk);
  const release = server.hold();
  await t.rejects(read(50), { name: 'TimeoutError' });
  release();
});
