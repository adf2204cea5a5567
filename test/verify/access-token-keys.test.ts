import t, { type Test } from 'tap';
import { createVerifyToken } from '../../src/verify/access-token.ts';
import { createKeySet } from '../../src/verify/keys.ts';
import { type KeyServer, startKeyServer } from '../fixtures/key-server.ts';
import { hs256, makeKey, type Signer } from '../fixtures/keys.ts';
import { refused } from '../fixtures/refused.ts';
import { audience, claims, compact, issuer, NOW, token } from '../fixtures/tokens.ts';

const key = await makeKey('key-1');
const stranger = await makeKey('key-1');

/** How a token of this header, signed this way, is refused. */
async function judge(t: Test, text: string, change: (server: KeyServer) => void = () => {}) {
  const server = await startKeyServer(t, key);
  change(server);
  const keys = createKeySet({
    url: server.url,
    maxStaleSeconds: 60,
    onChange: () => {},
    onError: () => {},
  });
  const now = () => NOW * 1000;
  const verify = createVerifyToken(keys, {
    issuer,
    audience,
    clockTolerance: 0,
    organizations: [],
    now,
  });
  return { outcome: await refused(verify(text)), fetches: server.fetches() };
}

const modulus = Buffer.from(String(key.jwk.n), 'base64url');
const algorithms: Record<string, [alg: unknown, signer: Signer]> = {
  'no signature (none)': ['none', () => Buffer.alloc(0)],
  'no signature, spelt None': ['None', () => Buffer.alloc(0)],
  'an RS256 signature said to be none': ['none', key.rs256],
  'HS256 with the public key in PEM': ['HS256', hs256(key.pem)],
  'HS256 with the PEM without its last line break': ['HS256', hs256(key.pem.trim())],
  'HS256 with the public key as JWK': ['HS256', hs256(JSON.stringify(key.jwk))],
  'HS256 with the modulus': ['HS256', hs256(modulus)],
  'HS256 with nothing': ['HS256', hs256('')],
  RS384: ['RS384', key.rs384],
  PS256: ['PS256', key.ps256],
  ES256: ['ES256', key.rs256],
  'the name in lower case': ['rs256', key.rs256],
};
for (const [name, [alg, signer]] of Object.entries(algorithms)) {
  t.test(`refuses ${name} before it looks for a key`, async (t) => {
    const text = compact({ alg, typ: 'JWT', kid: key.kid }, claims(), signer);
    t.same(await judge(t, text), { outcome: 'unsupported_algorithm', fetches: 0 });
  });
}

t.test('refuses a header without an algorithm, or with one that is no text', async (t) => {
  for (const alg of [undefined, '', 256, ['RS256']]) {
    const text = compact({ alg, kid: key.kid }, claims(), key.rs256);
    t.same(await judge(t, text), { outcome: 'malformed', fetches: 0 });
  }
});

t.test('an RS384 or PS256 signature does not pass as RS256', async (t) => {
  for (const signer of [key.rs384, key.ps256, hs256(key.pem)]) {
    const text = compact({ alg: 'RS256', kid: key.kid }, claims(), signer);
    t.match(await judge(t, text), { outcome: 'bad_signature' });
  }
});

t.test('a key the token brings along is not asked', async (t) => {
  const elsewhere = await startKeyServer(t, stranger);
  const brought: Record<string, unknown>[] = [
    { jwk: stranger.jwk },
    { jku: elsewhere.url },
    { x5u: elsewhere.url },
    { x5c: [stranger.pem.replace(/-+[^-]+-+|\n/g, '')] },
    { jwk: stranger.jwk, jku: elsewhere.url, x5u: elsewhere.url },
  ];
  for (const header of brought) {
    const name = Object.keys(header).join();
    t.same(
      await judge(t, token(stranger, {}, header)),
      { outcome: 'bad_signature', fetches: 1 },
      name,
    );
    const unnamed = { ...header, kid: undefined };
    t.match(await judge(t, token(stranger, {}, unnamed)), { outcome: 'unknown_key' }, name);
    t.match(await judge(t, token(key, {}, header)), { outcome: 'believed' }, name);
  }
  t.equal(elsewhere.fetches(), 0);
});

t.test('a name that every object has is no key', async (t) => {
  for (const kid of ['__proto__', 'constructor', 'toString', '', '../key-1', 'KEY-1']) {
    t.match(await judge(t, token(key, {}, { kid })), { outcome: 'unknown_key' }, kid);
  }
});

t.test('a key name that is no text is no key', async (t) => {
  for (const kid of [1, null, ['key-1'], { toString: 'key-1' }]) {
    t.match(await judge(t, token(key, {}, { kid })), { outcome: 'unknown_key' });
  }
});

t.test('without keys a token is neither good nor bad', async (t) => {
  const down = (server: KeyServer) => server.answer(503);
  t.match(await judge(t, token(key), down), { outcome: 'keys_unavailable' });
  t.match(await judge(t, token(stranger), down), { outcome: 'keys_unavailable' });
  t.match(await judge(t, token(key, { exp: 1 }), down), { outcome: 'keys_unavailable' });
});
