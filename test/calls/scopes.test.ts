import t from 'tap';
import { type ScopeRules, scopesOf } from '../../src/calls/scopes.ts';
import { loadConfig } from '../../src/config.ts';
import { least } from '../fixtures/env.ts';
import { bearer, parsed } from '../send.ts';
import { setStage } from '../stage.ts';

/** The scopes of a token with these claims, where the settings say this. */
function scopes(claims: object, env: Record<string, string> = {}): readonly string[] {
  const { PERMISSIONS: permissions, SCOPE_IMPLIES: implies } = loadConfig({ ...least, ...env });
  const rules: ScopeRules = { permissions, implies };
  return scopesOf({ sub: 'auth0|1', exp: 0, ...claims }, rules);
}

t.test('the consented ones alone, permissions only where there is no scope', async (t) => {
  t.same(scopes({ scope: 'a  b ' }), ['a', 'b']);
  t.same(scopes({ scope: 'a b a' }), ['a', 'b']);
  t.same(scopes({ scope: '', permissions: ['admin'] }), [], 'none was consented to');
  t.same(scopes({ scope: 'a', permissions: ['a', 'admin'] }), ['a']);
  t.same(scopes({ permissions: ['a', 1, null, 'b'] }), ['a', 'b']);
  t.same(scopes({ permissions: 'a b' }), []);
  t.same(scopes({ scope: ['a'] }), [], 'a scope is a string (RFC 8693 §4.2)');
  t.same(scopes({}), []);
});

t.test('PERMISSIONS=united counts both', async (t) => {
  const env = { PERMISSIONS: 'united' };
  t.same(scopes({ scope: 'a', permissions: ['a', 'admin', 7] }, env), ['a', 'admin']);
  t.same(scopes({ scope: '', permissions: ['admin'] }, env), ['admin']);
  t.same(scopes({ scope: 'a', permissions: 'admin' }, env), ['a']);
  t.same(scopes({ permissions: ['admin'] }, env), ['admin']);
});

t.test('SCOPE_IMPLIES widens, over several steps, and only downwards', async (t) => {
  const env = { SCOPE_IMPLIES: 'admin>write, write>read, write>list' };
  t.same(scopes({ scope: 'admin' }, env), ['admin', 'write', 'read', 'list']);
  t.same(scopes({ scope: 'write' }, env), ['write', 'read', 'list']);
  t.same(scopes({ scope: 'read list other' }, env), ['read', 'list', 'other']);
  t.same(scopes({ permissions: ['write'] }, env), ['write', 'read', 'list']);
  t.same(scopes({ scope: 'constructor __proto__' }, env), ['constructor', '__proto__']);
});

t.test('over HTTP: implied scopes open the tool and reach the backend', async (t) => {
  const { issuer, backend, call, send } = await setStage(t, {
    tools: [
      { name: 'listEvents', scopes: ['events:read'] },
      { name: 'copyEvent', scopes: ['events:read', 'events:write'] },
    ],
    env: { SCOPE_IMPLIES: 'events:write>events:read' },
  });
  const writer = bearer(await issuer.token({ scope: 'events:write' }));
  t.equal((await call('listEvents', {}, { headers: writer })).status, 200);
  t.equal(backend.received[0]?.headers['x-scopes'], 'events:write events:read');
  t.match(parsed(await send('/auth/me', { headers: writer })), {
    scopes: ['events:write', 'events:read'],
  });

  const reader = bearer(await issuer.token({ scope: 'events:read' }));
  const refused = await call('copyEvent', {}, { headers: reader });
  t.equal(refused.status, 403);
  const challenge = refused.headers['www-authenticate'];
  t.match(challenge, /scope="events:write events:read"$/, 'what it takes, and what is held');
  t.equal((await call('copyEvent', {}, { headers: writer })).status, 200);
  const nobody = await call('copyEvent', {}, { headers: { authorization: [] } });
  t.match(nobody.headers['www-authenticate'], /scope="events:write"$/);
  const anywhere = await send('/mcp', { body: {} });
  t.match(anywhere.headers['www-authenticate'], /scope="events:read events:write"$/);
});
