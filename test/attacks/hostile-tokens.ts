import fc from 'fast-check';
import { hs256, type SigningKey } from '../fixtures/keys.ts';
import { claims, compact } from '../fixtures/tokens.ts';

/** What tokens are made from: the tenant's key, a key nobody published, and what is expected. */
export interface Mint {
  readonly tenant: SigningKey;
  readonly foreign: SigningKey;
  readonly issuer: string;
  readonly audience: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

type Json = Readonly<Record<string, unknown>>;

const person = ({ issuer: iss, audience: aud, now }: Mint, changes: Json = {}): Json =>
  claims({ iss, aud, iat: now, exp: now + 3600, ...changes });

const goodHeader = ({ tenant: { kid } }: Mint): Json => ({ alg: 'RS256', typ: 'JWT', kid });

/** A token that is believed. */
export const goodToken = (mint: Mint, changes: Json = {}): string =>
  compact(
    { alg: 'RS256', typ: 'JWT', kid: mint.tenant.kid },
    person(mint, changes),
    mint.tenant.rs256,
  );

const notText = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
);
const notNumber = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.constant('9999999999'),
  fc.array(fc.integer(), { maxLength: 2 }),
);
const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '../../etc/passwd',
    "' OR 1=1--",
    'http://127.0.0.1:9/',
    '__proto__',
    'constructor',
    '',
    '\0',
  ),
);

/** Claims of which one is wrong; signed by the tenant all the same. */
function wrongClaims(mint: Mint): fc.Arbitrary<Json> {
  const { issuer, audience, now } = mint;
  const other = (right: string) => fc.oneof(hostileText, notText).filter((one) => one !== right);
  return fc.oneof(
    fc
      .oneof(other(issuer), fc.constantFrom(issuer.slice(0, -1), issuer.toUpperCase(), [issuer]))
      .map((iss) => ({ iss })),
    fc
      .oneof(
        other(audience),
        fc.constantFrom(`${audience}/`, [`${audience} `], [[audience]], { 0: audience }),
      )
      .filter((aud) => !(Array.isArray(aud) && aud.includes(audience as never)))
      .map((aud) => ({ aud })),
    fc
      .oneof(fc.integer({ max: now - 3600 }), notNumber, fc.constant(undefined))
      .map((exp) => ({ exp })),
    fc.oneof(fc.integer({ min: now + 3600 }), notNumber).map((nbf) => ({ nbf })),
    fc.oneof(notText, fc.constantFrom('', undefined)).map((sub) => ({ sub })),
    fc.jsonValue().map((cnf) => ({ cnf })),
  );
}

const believedTypes = ['jwt', 'at+jwt', 'application/at+jwt'];

/** Header members of which one is wrong. */
const wrongHeader: fc.Arbitrary<Json> = fc.oneof(
  fc
    .oneof(hostileText, notText, fc.constantFrom('dpop+jwt', 'id+jwt', 'logout+jwt', 'JWE'))
    .filter((typ) => typeof typ !== 'string' || !believedTypes.includes(typ.toLowerCase()))
    .map((typ) => ({ typ })),
  fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }).map((crit) => ({ crit })),
  fc
    .oneof(
      notText,
      hostileText,
      fc.constantFrom(
        'none',
        'None',
        'HS256',
        'RS384',
        'RS512',
        'PS256',
        'ES256',
        'EdDSA',
        'rs256',
        'dir',
      ),
    )
    .map((alg) => ({ alg })),
  fc.oneof(notText, hostileText, fc.constant(undefined)).map((kid) => ({ kid })),
  fc.constant({ b64: false, crit: ['b64'] }),
);

/** Members that point to a key; none is ever looked at. */
const pointers = ({ foreign }: Mint): fc.Arbitrary<Json> =>
  fc.record(
    {
      jku: fc.constant('http://127.0.0.1:9/jwks.json'),
      x5u: fc.constant('http://127.0.0.1:9/cert.pem'),
      jwk: fc.constant(foreign.jwk),
      x5c: fc.constant([foreign.pem]),
      x5t: hostileText,
      zip: fc.constant('DEF'),
      kid: hostileText,
    },
    { requiredKeys: [] },
  );

/** Signed by anybody but the tenant, by whatever algorithm the header says. */
function forged(mint: Mint): fc.Arbitrary<string> {
  const { tenant, foreign } = mint;
  const good = Buffer.from(goodToken(mint).split('.')[2] ?? '', 'base64url');
  const signer = fc.oneof(
    fc.constantFrom(foreign.rs256, foreign.rs384, foreign.ps256, hs256(tenant.pem), hs256('')),
    fc.constantFrom(hs256(JSON.stringify(tenant.jwk)), hs256(String(tenant.jwk.n))),
    fc.constant(() => good),
    fc.uint8Array({ maxLength: 600 }).map((bytes) => () => Buffer.from(bytes)),
  );
  const alg = fc.constantFrom('RS256', 'none', 'HS256', 'RS384', 'PS256', 'ES256', '', undefined);
  const changes = fc.oneof(
    fc.constant({}),
    wrongClaims(mint),
    fc.dictionary(hostileText, fc.jsonValue()),
  );
  const scope = fc.constant('events:read events:write admin');
  return fc
    .tuple(alg, fc.oneof(fc.constant({}), pointers(mint)), changes, scope, signer)
    .map(([alg, pointing, changed, scope, by]) =>
      compact(
        { alg, typ: 'JWT', kid: tenant.kid, ...pointing },
        person(mint, { scope, ...changed, jti: 'forged' }),
        by,
      ),
    );
}

/** Signed by the tenant, and not to be believed all the same. */
const misissued = (mint: Mint): fc.Arbitrary<string> =>
  fc.oneof(
    wrongClaims(mint).map((changes) => goodToken(mint, changes)),
    wrongHeader
      .filter(({ kid, alg }) => kid !== mint.tenant.kid && alg !== 'RS256')
      .map((header) =>
        compact(
          { alg: 'RS256', typ: 'JWT', kid: mint.tenant.kid, ...header },
          person(mint),
          mint.tenant.rs256,
        ),
      ),
    fc
      .oneof(fc.json({ maxDepth: 1 }), fc.string(), fc.constant('[{"sub":'))
      .filter((payload) => !payload.startsWith('{'))
      .map((payload) => compact(goodHeader(mint), payload, mint.tenant.rs256)),
  );

const bytesOf = (token: string): string[] =>
  token.split('.').map((part) => Buffer.from(part, 'base64url').toString('base64'));

/** A good token with a few characters changed; never one that still says the same. */
function bent(mint: Mint): fc.Arbitrary<string> {
  const good = goodToken(mint);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/~';
  const change = fc.tuple(
    fc.nat(good.length - 1),
    fc.nat(3),
    fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 3 }),
  );
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce(
        (text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut),
        good,
      ),
    )
    .filter((text) => bytesOf(text).join('.') !== bytesOf(good).join('.'));
}

/** Parts of anything, any number of them. */
const rubbish = fc
  .array(fc.oneof(fc.base64String({ maxLength: 80 }), fc.json({ maxDepth: 2 })), { maxLength: 7 })
  .map((parts) => parts.map((part) => Buffer.from(part).toString('base64url')).join('.'));

/** A token that must not be believed, whatever else the request says. */
export const hostileToken = (mint: Mint): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: forged(mint), weight: 4 },
    { arbitrary: misissued(mint), weight: 4 },
    { arbitrary: bent(mint), weight: 3 },
    { arbitrary: rubbish, weight: 1 },
  );
