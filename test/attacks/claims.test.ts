import type { JWTPayload } from 'jose';
import t from 'tap';
import { createVerifier } from '../../examples/backend/verify.ts';
import { bearer, parsed } from '../send.ts';
import { hmacSecret, type Stage, setStage } from '../stage.ts';

/** Strings that end a header, a line of a log, a JSON text or a signature base, where they may. */
const hostile = [
  'a\r\nx-scopes: admin',
  'a\nx-user-id: admin',
  'a\rb',
  'a\0b',
  'a\u2028b\u2029c\u0085d',
  'ad\u00e9le',
  'ad\u0065\u0301le',
  '管理者',
  '🙂',
  '\u202eadmin',
  'a"b\\c',
  'a", "@method": GET',
  '%0d%0ax-scopes: admin',
  '%',
  ' leading',
  'trailing ',
  '\t',
  ':sf-bytes:',
  '();keyid="x"',
  '__proto__',
  '../../admin',
  '{{7*7}}',
  '<script>alert(1)</script>',
  "'; DROP TABLE people; --",
  'x'.repeat(2000),
  '\u00e9'.repeat(500),
];

/** What the backend is told, judged by the verifier that the documentation gives to backends. */
function told({ backend }: Stage) {
  const verify = createVerifier({ secrets: [hmacSecret], authority: new URL(backend.url).host });
  const last = backend.received.at(-1);
  if (!last) throw new Error('nothing was forwarded');
  const { method, path, rawHeaders: headers, body } = last;
  const verdict = verify({ method, path, authority: '', headers, body: Buffer.from(body) });
  return {
    verdict,
    names: headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()),
  };
}

t.test('a subject arrives as it is, in one header, whatever it holds', async (t) => {
  const stage = await setStage(t);
  for (const sub of hostile) {
    const headers = bearer(await stage.issuer.token({ sub }));
    const got = await stage.call('listEvents', {}, { headers });
    t.equal(got.status, 200, encodeURIComponent(sub).slice(0, 40));
    const { verdict, names } = told(stage);
    t.match(verdict, { ok: true, identity: { userId: sub, scopes: ['events:read'] } });
    t.equal(new Set(names).size, names.length, 'no header twice');
    const me = await stage.send('/auth/me', { headers });
    t.equal(parsed(me)['subject'], sub);
    t.ok(stage.gateway.lines.some((line) => line['sub'] === sub));
  }
});

t.test('so do a client id and the scopes', async (t) => {
  const stage = await setStage(t);
  for (const odd of hostile) {
    const scope = `events:read ${odd}`;
    const headers = bearer(await stage.issuer.token({ azp: odd, scope }));
    t.equal((await stage.call('listEvents', {}, { headers })).status, 200);
    const { verdict, names } = told(stage);
    const scopes = scope.split(' ').filter((part) => part !== '');
    t.match(verdict, { ok: true, identity: { clientId: odd, scopes } });
    t.equal(new Set(names).size, names.length);
  }
});

t.test('a scope that looks like the one that is needed is another', async (t) => {
  const stage = await setStage(t);
  for (const scope of [
    'events:read\u200b',
    'events:read\n',
    'events:read\0',
    'events:read,events:write',
    'events\u003aread\u0020'.replace(' ', '\u00a0'),
    'Events:Read',
    'events:*',
    '*',
    '__proto__',
    'еvents:read',
    '',
  ]) {
    const headers = bearer(await stage.issuer.token({ scope }));
    const got = await stage.call('listEvents', {}, { headers });
    t.equal(got.status, 403, encodeURIComponent(scope));
    t.match(got.headers['www-authenticate'], /error="insufficient_scope".*scope="events:read"$/);
  }
  t.same(stage.backend.received, []);
});

t.test('text that has no UTF-8 is no name: two such would become one on their way', async (t) => {
  const stage = await setStage(t);
  for (const claims of [{ sub: 'a\ud800' }, { sub: '\udfff' }, { azp: '\ud800' }]) {
    const headers = bearer(await stage.issuer.token(claims));
    const got = await stage.call('listEvents', {}, { headers });
    t.match(parsed(got), { error: 'invalid_token', reason: 'malformed' });
  }
  t.same(stage.backend.received, []);
});

t.test('claims of another type are never taken for text', async (t) => {
  const stage = await setStage(t);
  const odd = [['events:read'], { a: 'events:read' }, 7, true];
  for (const scope of odd) {
    const headers = bearer(await stage.issuer.token({ scope } as unknown as JWTPayload));
    t.equal((await stage.call('listEvents', {}, { headers })).status, 403, JSON.stringify(scope));
  }
  for (const sub of [['auth0|admin'], { a: 1 }, 7, true, null]) {
    const headers = bearer(await stage.issuer.token({ sub } as unknown as JWTPayload));
    t.equal((await stage.call('listEvents', {}, { headers })).status, 401, JSON.stringify(sub));
  }
  t.same(stage.backend.received, []);
  for (const azp of odd) {
    const headers = bearer(await stage.issuer.token({ azp } as unknown as JWTPayload));
    t.equal((await stage.call('listEvents', {}, { headers })).status, 200);
    t.notOk(told(stage).names.includes('x-client-id'), 'rather no client than a made-up one');
  }
});
