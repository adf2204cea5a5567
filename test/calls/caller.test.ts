import t from 'tap';
import { encodeHeaderValue, toCaller as toCallerBy } from '../../src/calls/caller.ts';
import type { ScopeRules } from '../../src/calls/scopes.ts';
import type { AccessToken } from '../../src/verify/access-token.ts';

const claims = { sub: 'auth0|1', exp: 0 };
const rules: ScopeRules = { permissions: 'consented', implies: new Map() };
const toCaller = (token: AccessToken) => toCallerBy(token, rules);

t.test('visible ASCII except % stays, all else is percent-encoded UTF-8', async (t) => {
  const table = {
    'auth0|abc-123': 'auth0|abc-123',
    '100%': '100%25',
    'a b': 'a%20b',
    jö: 'j%C3%B6',
    日本: '%E6%97%A5%E6%9C%AC',
    '🙂': '%F0%9F%99%82',
    'x\r\nx-user-id: admin': 'x%0D%0Ax-user-id:%20admin',
    '\u0000\u007f': '%00%7F',
    '%41': '%2541',
  };
  for (const [plain, encoded] of Object.entries(table)) {
    t.equal(encodeHeaderValue(plain), encoded);
    t.equal(decodeURIComponent(encoded), plain, 'and back');
  }
});

t.test('half a surrogate pair has no UTF-8: the token is not believed', async (t) => {
  const refused = { code: 'invalid_token', detail: { reason: 'malformed' } };
  for (const sub of ['\ud800', 'auth0|\udc00x']) {
    t.throws(() => toCaller({ ...claims, sub }), refused);
    t.throws(() => toCaller({ ...claims, azp: sub }), refused);
    t.throws(() => toCaller({ ...claims, scope: sub }), refused);
    t.throws(() => toCaller({ ...claims, org_id: sub }), refused);
  }
});

t.test('client: azp of Auth0, client_id of RFC 9068, or none', async (t) => {
  const clientOf = (more: object): string => toCaller({ ...claims, ...more }).clientId;
  t.equal(clientOf({ azp: 'tpc_1', client_id: 'other' }), 'tpc_1');
  t.equal(clientOf({ client_id: 'tpc_2' }), 'tpc_2');
  t.equal(clientOf({ azp: 7, client_id: 'tpc_3' }), 'tpc_3');
  t.equal(clientOf({}), '');
});

t.test('machines are told from people', async (t) => {
  t.equal(toCaller({ ...claims, gty: 'client-credentials' }).machine, true);
  t.equal(toCaller({ ...claims, sub: 'abc@clients' }).machine, true);
  t.equal(toCaller(claims).machine, false);
});

t.test('organization: org_id where it is text', async (t) => {
  t.equal(toCaller({ ...claims, org_id: 'org_1' }).organization, 'org_1');
  t.equal(toCaller({ ...claims, org_id: '' }).organization, undefined);
  t.equal(toCaller(claims).organization, undefined);
  const odd = JSON.parse('{"sub":"auth0|1","exp":0,"org_id":["org_1"]}');
  t.same(toCaller(odd).headers, [['x-user-id', 'auth0|1']]);
});

t.test('identity headers leave out what is not known', async (t) => {
  t.same(toCaller(claims).headers, [['x-user-id', 'auth0|1']]);
  const full = toCaller({ ...claims, azp: 'c d', scope: 'ü b' });
  t.same(full.headers, [
    ['x-user-id', 'auth0|1'],
    ['x-client-id', 'c%20d'],
    ['x-scopes', '%C3%BC b'],
  ]);
  const machine = toCaller({ ...claims, sub: 'abc@clients', org_id: 'org_ü' });
  t.same(machine.headers, [
    ['x-user-id', 'abc@clients'],
    ['x-org-id', 'org_%C3%BC'],
    ['x-caller-type', 'machine'],
  ]);
});
