import t from 'tap';
import { createVerifier } from '../../../examples/backend/verify.ts';
import { type Draft, draft, keyidOf, SECRET, sign } from './sign.ts';

type Headers = Record<string, string>;
const PERSON = { 'x-user-id': 'auth0|ada', 'x-client-id': 'tpc_1', 'x-scopes': 'events:read' };

/** The verdict on a call; `alter` changes the headers after signing, `extra` adds raw ones. */
function judge(call: Draft, alter: (headers: Headers) => Headers = (h) => h, extra: string[] = []) {
  const { method, authority, path, body } = call;
  const headers = [...Object.entries(alter(sign(call))).flat(), ...extra];
  const verify = createVerifier({ secrets: [SECRET] });
  return verify({ method, authority, path, headers, body: Buffer.from(body) });
}
const refused = (reason: string) => ({ ok: false, reason });
const whole = () => draft({ headers: PERSON });
const without = (headers: Headers, name: string) =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));

t.test('every part of the request line is under the signature', async (t) => {
  const headers = sign(whole());
  for (const part of ['method', 'authority', 'path'] as const) {
    const verify = createVerifier({ secrets: [SECRET] });
    const changed = { ...whole(), [part]: 'other' };
    const request = {
      ...changed,
      headers: Object.entries(headers).flat(),
      body: Buffer.from('{}'),
    };
    t.same(verify(request), refused('bad_signature'), part);
  }
});

t.test('a query is refused, whether signed or not', async (t) => {
  t.same(judge(draft({ path: '/functions/listEvents?user=eve' })), refused('uncovered_query'));
});

t.test('the body is the signed one', async (t) => {
  const call = { ...draft({ body: '{"title":"a"}' }), body: '{"title":"b"}' };
  t.same(judge(call), refused('digest_mismatch'));
  const digest = draft({ body: '{"title":"b"}' }).headers['content-digest'] ?? '';
  const forged = judge(call, (headers) => ({ ...headers, 'content-digest': digest }));
  t.same(forged, refused('bad_signature'));
});

t.test('one digest, sha-256, in exactly the form the gateway writes', async (t) => {
  const ours = draft().headers['content-digest'] ?? '';
  for (const digest of ['sha-256=::', `${ours}, sha-512=:AA==:`, ours.replace('256', '512')])
    t.same(judge(draft({ headers: { 'content-digest': digest } })), refused('digest_mismatch'));
});

t.test('every covered header: altered, taken away, sent twice', async (t) => {
  for (const name of [...Object.keys(PERSON), 'content-digest', 'x-tool-name', 'x-request-id']) {
    const altered = judge(whole(), (headers) => ({ ...headers, [name]: 'eve' }));
    t.same(altered, refused('bad_signature'), name);
    const gone = judge(whole(), (headers) => without(headers, name));
    t.same(gone, refused('missing_header'), name);
    t.same(judge(whole(), undefined, [name, 'eve']), refused('duplicate_header'), name);
  }
});

t.test('Host and the signature cannot come twice', async (t) => {
  t.same(judge(whole(), undefined, ['Host', 'a', 'host', 'b']), refused('duplicate_header'));
  const { 'signature-input': input = '', signature = '' } = sign(whole());
  t.same(judge(whole(), undefined, ['Signature', signature]), refused('duplicate_header'));
  t.same(judge(whole(), undefined, ['signature-input', input]), refused('malformed'));
});

t.test('an identity header that nobody signed is refused', async (t) => {
  const added = [...Object.keys(PERSON), 'X-User-ID', 'x-org-id', 'x-forwarded-user', 'x_user_id'];
  for (const name of [...added, 'x-user-id-2'])
    t.same(judge(draft(), undefined, [name, 'eve']), refused('uncovered_header'), name);
  const covered = whole().covered.filter((name) => name !== 'x-user-id');
  t.same(judge({ ...whole(), covered }), refused('uncovered_header'));
});

t.test('the signature must cover what makes the call', async (t) => {
  for (const name of draft().covered) {
    const covered = draft().covered.filter((other) => other !== name);
    t.same(judge({ ...draft(), covered }), refused('uncovered_component'), name);
  }
});

t.test('what cannot be covered, or is covered twice, is refused', async (t) => {
  const more = (...names: string[]) => ({ ...draft(), covered: [...draft().covered, ...names] });
  t.same(judge(more('@query')), refused('missing_header'));
  t.same(judge(more('x-request-id')), refused('malformed'));
  for (const component of ['@path";req "x', 'X-Org', ''])
    t.same(judge(more(component)).ok, false, component);
});

t.test('values that no gateway writes are malformed', async (t) => {
  for (const value of ['', 'Jürgen', 'a\tb'])
    t.same(judge(draft({ headers: { 'x-user-id': value } })), refused('malformed'), value);
  for (const value of ['100%', '%ff', '%C3%28'])
    t.same(judge(draft({ headers: { 'x-user-id': value } })), refused('malformed'), value);
});

t.test('a call without both signature headers is unsigned', async (t) => {
  for (const name of ['signature', 'signature-input'])
    t.same(
      judge(whole(), (headers) => without(headers, name)),
      refused('unsigned'),
      name,
    );
});

t.test('every parameter is under the signature', async (t) => {
  const { created, nonce } = whole();
  for (const [from, to] of [
    [`created=${created}`, `created=${created + 1}`],
    [nonce, 'another'],
    ['"x-scopes" ', ''],
  ] as const) {
    const call = { ...whole(), created, nonce };
    const verdict = judge(call, (headers) => ({
      ...without(headers, from === '"x-scopes" ' ? 'x-scopes' : ''),
      'signature-input': (headers['signature-input'] ?? '').replace(from, to),
    }));
    t.same(verdict, refused('bad_signature'), from);
  }
  const other = judge(whole(), (headers) => ({
    ...headers,
    'signature-input': (headers['signature-input'] ?? '').replace(keyidOf(SECRET), '0'.repeat(16)),
  }));
  t.same(other, refused('unknown_key'));
});

t.test('Signature-Input has one form; everything else is malformed', async (t) => {
  const key = keyidOf(SECRET);
  for (const [from, to] of [
    ['gateway=', 'sig1='],
    ['gateway=', 'gateway=("@method"), gateway='],
    ['hmac-sha256', 'ed25519'],
    [';alg="hmac-sha256"', ''],
    [';alg="hmac-sha256"', ';alg="hmac-sha256";alg="hmac-sha256"'],
    [';alg="hmac-sha256"', ';alg="hmac-sha256";expires=9999999999'],
    [';alg=', '; alg='],
    [/created=\d+/, 'created=-1'],
    [/created=\d+/, 'created=1.5'],
    [/created=(\d+)/, 'created="$1"'],
    [/;created=\d+/, ''],
    [/nonce="[^"]+"/, 'nonce=""'],
    [/;nonce="[^"]+"/, ''],
    [key, key.toUpperCase()],
    [/\(.*\)/, '()'],
    ['("@method"', '("@method";req'],
    ['("@method"', '(@method'],
  ] as const) {
    const verdict = judge(whole(), (headers) => ({
      ...headers,
      'signature-input': (headers['signature-input'] ?? '').replace(from, to),
    }));
    t.same(verdict, refused('malformed'), `${from} -> ${to}`);
  }
});

t.test('the signature is exactly the expected one', async (t) => {
  for (const signature of [
    'gateway=::',
    'gateway=:AAAA:',
    'sig1=:AAAA:',
    'x',
    `gateway=:${'A'.repeat(43)}=:`,
  ])
    t.same(
      judge(whole(), (headers) => ({ ...headers, signature })),
      refused('bad_signature'),
    );
  const { signature = '' } = sign(whole());
  const padded = judge(whole(), (headers) => ({ ...headers, signature: `${signature}, b=:AA==:` }));
  t.same(padded, refused('bad_signature'));
});
