import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

// Believes a request only when the gateway signed it: HTTP Message Signatures (RFC 9421, hmac-sha256)
// over a Content-Digest (RFC 9530). Needs nothing but node:crypto: copy this file into your backend.

/** Why a request is refused; docs/backend.md says what each one means. */
type Form = 'unsigned' | 'malformed' | 'missing_header' | 'duplicate_header';
type Cover = 'uncovered_component' | 'uncovered_header' | 'uncovered_query';
type Forged = 'unknown_key' | 'bad_signature' | 'digest_mismatch';
type Late = 'stale' | 'not_yet_valid' | 'replayed';
type Refusal = Form | Cover | Forged | Late;
/** As received: `authority` is the Host header, `path` the request target, `headers` rawHeaders. */
type Target = { method: string; authority: string; path: string };
type Received = Target & { headers: readonly string[]; body: Uint8Array };
type Call = { toolName: string; requestId: string };
export type Identity = { userId?: string; clientId?: string; scopes: string[] } & Call;
type Verdict = { ok: true; identity: Identity } | { ok: false; reason: Refusal };
type Fields = Map<string, string[]>;

const MANDATORY = '@method @authority @path content-digest x-tool-name x-request-id'.split(' ');
/** What proxies add on the way. Any other x-* (or x_*) header might be taken for identity. */
const HOP = /^x-(forwarded-(for|host|port|proto)|real-ip|cloud-trace-context|amzn-trace-id)$/;
/** Signature-Input in exactly the form the gateway writes (an RFC 8941 inner list). */
const INPUT = new RegExp(
  String.raw`^gateway=(?<raw>\("(?<list>[a-z\d@" -]+)"\);created=(?<created>\d{1,12})` +
    String.raw`;nonce="(?<nonce>[\w.~+/=-]+)";keyid="(?<keyid>[\da-f]{16})";alg="hmac-sha256")$`,
);
const SKEW = 5; // seconds a clock may be ahead

/** Values by lower-case name, the derived components too (no header name can hold an `@`). */
function gather({ method, path, headers }: Received, authority: string): Fields {
  const lines = ['@method', method, '@path', path, '@authority', authority, ...headers];
  const fields: Fields = new Map();
  for (let at = 0; at < lines.length; at += 2) {
    const [name = '', value = ''] = lines.slice(at, at + 2);
    fields.set(name.toLowerCase(), [...(fields.get(name.toLowerCase()) ?? []), value]);
  }
  return fields;
}

function misshapen(fields: Fields, covered: string[]): Refusal | undefined {
  const signed = new Set(covered);
  const values = covered.map((name) => fields.get(name) ?? []);
  const loose = (name: string) => /^x[-_]/.test(name) && !signed.has(name) && !HOP.test(name);
  const twice = (name: string) => fields.get(name)?.[1] !== undefined;
  if (signed.size < covered.length) return 'malformed';
  if (!MANDATORY.every((name) => signed.has(name))) return 'uncovered_component';
  if (fields.get('@path')?.join().includes('?')) return 'uncovered_query';
  if ([...fields.keys()].some(loose)) return 'uncovered_header';
  if (values.some((list) => list.length === 0)) return 'missing_header';
  if (['host', 'signature', ...covered].some(twice)) return 'duplicate_header';
  return values.flat().every((value) => /^[ -~]+$/.test(value)) ? undefined : 'malformed';
}

/** The text under the signature (RFC 9421 §2.5): a line for each component, then the parameters. */
export function signatureBase(fields: Fields, covered: string[], parameters: string) {
  const lines = covered.map((name) => `"${name}": ${fields.get(name)}\n`);
  return `${lines.join('')}"@signature-params": ${parameters}`;
}

/** Reads the caller: all but visible ASCII is percent-encoded UTF-8 in these headers. */
function identify(fields: Fields): Identity {
  const read = (name: string) => decodeURIComponent(fields.get(`x-${name}`)?.join() ?? '');
  const [userId, clientId, scopes] = [read('user-id'), read('client-id'), read('scopes')];
  const caller = { ...(userId && { userId }), ...(clientId && { clientId }) };
  const call = { toolName: read('tool-name'), requestId: read('request-id') };
  return { ...caller, scopes: scopes.split(' ').filter(Boolean), ...call };
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();
const same = (a: string, b = '') => timingSafeEqual(sha256(a), sha256(b));
type Trust = { secrets: string[]; maxAgeSeconds?: number; authority?: string; now?: () => number };

/** Makes the check. `secrets`: all that are accepted (two while rotating). `authority`: the host of the
 * gateway's FUNCTIONS_BASE; set it when a proxy rewrites Host or backends share a secret. `now`: ms.
 * Nonces are kept in this process for as long as a replay would be fresh. Throws on an empty secret. */
export function createVerifier(trust: Trust): (request: Received) => Verdict {
  const { secrets, maxAgeSeconds = 60, authority, now = Date.now } = trust;
  if (!secrets.length || secrets.includes('')) throw new TypeError('a secret is missing or empty');
  const keys = new Map(secrets.map((text) => [sha256(text).toString('hex').slice(0, 16), text]));
  let [nonces, older, turn] = [new Set<string>(), new Set<string>(), 0]; // two generations

  function untimely(created: number, nonce: string): Refusal | undefined {
    const time = now() / 1000;
    if (time > turn) [nonces, older, turn] = [new Set(), nonces, time + maxAgeSeconds + SKEW];
    if (created > time + SKEW) return 'not_yet_valid';
    if (created < time - maxAgeSeconds) return 'stale';
    if (nonces.has(nonce) || older.has(nonce)) return 'replayed';
    nonces.add(nonce);
    return undefined;
  }

  function refuse(fields: Fields, body: Uint8Array): Refusal | undefined {
    const [input, mac] = ['signature-input', 'signature'].map((name) => fields.get(name)?.join());
    if (!input || !mac) return 'unsigned';
    const { raw = '', list, created, nonce = '', keyid = '' } = INPUT.exec(input)?.groups ?? {};
    if (!list) return 'malformed';
    const key = keys.get(keyid);
    if (!key) return 'unknown_key';
    const covered = list.split('" "');
    const fault = misshapen(fields, covered);
    if (fault) return fault;
    const code = createHmac('sha256', key).update(signatureBase(fields, covered, raw));
    if (!same(`gateway=:${code.digest('base64')}:`, mac)) return 'bad_signature';
    const digest = `sha-256=:${sha256(body).toString('base64')}:`;
    if (!same(digest, fields.get('content-digest')?.join())) return 'digest_mismatch';
    return untimely(Number(created), nonce);
  }

  return (request) => {
    const fields = gather(request, (authority ?? request.authority).toLowerCase());
    try {
      const reason = refuse(fields, request.body);
      return reason ? { ok: false, reason } : { ok: true, identity: identify(fields) };
    } catch {
      return { ok: false, reason: 'malformed' }; // a percent sign that encodes nothing
    }
  };
}
