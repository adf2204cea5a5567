import t from 'tap';
import { encodeHeaderValue, toCaller } from '../../src/calls/caller.ts';

const claims = { sub: 'auth0|1', exp: 0 };

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
  }
});

t.test('scopes: the consented ones alone, permissions only where there is no scope', async (t) => {
  const scopes = (more: object): readonly string[] => toCaller({ ...claims, ...more }).scopes;
  t.same(scopes({ scope: 'a  b ' }), ['a', 'b']);
  t.same(scopes({ scope: '', permissions: ['admin'] }), [], 'none was consented to');
  t.same(scopes({ scope: 'a', permissions: ['a', 'admin'] }), ['a']);
  t.same(scopes({ permissions: ['a', 1, null, 'b'] }), ['a', 'b']);
  t.same(scopes({ permissions: 'a b' }), []);
  t.same(scopes({ scope: ['a'] }), [], 'a scope is a string (RFC 8693 §4.2)');
  t.same(scopes({}), []);
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

t.test('identity headers leave out what is not known', async (t) => {
  t.same(toCaller(claims).headers, [['x-user-id', 'auth0|1']]);
  const full = toCaller({ ...claims, azp: 'c d', scope: 'ü b' });
  t.same(full.headers, [
    ['x-user-id', 'auth0|1'],
    ['x-client-id', 'c%20d'],
    ['x-scopes', '%C3%BC b'],
  ]);
});
