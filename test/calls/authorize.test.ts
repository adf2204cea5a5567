import t from 'tap';
import { authorize } from '../../src/calls/authorize.ts';
import { loadCatalog } from '../../src/tools/catalog.ts';
import { nowSeconds } from '../issuer.ts';
import { bearer, parsed, type Sent } from '../send.ts';
import { setStage } from '../stage.ts';

t.test('the check stands by itself: without a token no name is told to be unknown', async (t) => {
  const catalog = loadCatalog({ TOOL_SCOPES_JSON: '{"listEvents":["events:read"]}' });
  for (const name of ['nothing', 'listEvents']) {
    const detail = { scope: ['events:read'] };
    t.throws(() => authorize(catalog, name, undefined), { code: 'missing_token', detail });
  }
});

const anonymous: Sent = { headers: { authorization: [] } };
const open = { name: 'searchVenues', public: true };
const closed = { name: 'listEvents', scopes: ['events:read'] };
const free = { name: 'whoami' };
const both = { name: 'move', scopes: ['events:read', 'events:write'] };

t.test('all scopes of the tool are needed, and no other tool is asked about', async (t) => {
  const { issuer, backend, call } = await setStage(t, { tools: [closed, free, both] });
  const as = async (scope: string) => ({ headers: bearer(await issuer.token({ scope })) });
  t.equal((await call('move', {}, await as('events:read'))).status, 403);
  t.equal((await call('move', {}, await as('events:write'))).status, 403);
  t.equal((await call('move', {}, await as('events:reader events:writer'))).status, 403);
  t.equal((await call('move', {}, await as('EVENTS:READ EVENTS:WRITE'))).status, 403);
  t.equal((await call('listEvents', {}, await as(''))).status, 403);
  t.same(backend.received, [], 'nothing refused is forwarded');
  t.equal((await call('move', {}, await as('events:write events:read more'))).status, 200);
  t.equal((await call('whoami', {}, await as(''))).status, 200, 'a token, but no scope');
});

t.test('with a public tool: lists and public calls need no token, the rest does', async (t) => {
  const { mcp, call, backend } = await setStage(t, { tools: [open, closed] });
  for (const method of ['initialize', 'ping', 'tools/list']) {
    t.match(parsed(await mcp(method, {}, anonymous)), { result: {} }, method);
  }
  t.equal((await call('searchVenues', {}, anonymous)).status, 200);
  t.match(parsed(await mcp('tools/call', { name: 'searchVenues' }, anonymous)), { result: {} });
  t.equal(backend.received.length, 2);

  const rest = await call('listEvents', {}, anonymous);
  t.match(rest, { status: 401, headers: { 'www-authenticate': /[^_]scope="events:read"$/ } });
  const overMcp = await mcp('tools/call', { name: 'listEvents' }, anonymous);
  t.equal(overMcp.status, 401);
  t.match(overMcp.headers, { 'www-authenticate': /\/mcp", scope="events:read"$/ });
  t.match(parsed(overMcp), { id: 7, error: { code: -32001, data: { error: 'missing_token' } } });
  t.equal((await call('nothing', {}, anonymous)).status, 404, 'what exists is public knowledge');
  t.equal(backend.received.length, 2);
});

t.test('a bad token is 401 even where none is needed', async (t) => {
  const { issuer, mcp, call, send, backend } = await setStage(t, { tools: [open, closed] });
  const headers = bearer(await issuer.token({ exp: nowSeconds() - 100 }));
  t.equal((await call('searchVenues', {}, { headers })).status, 401);
  t.equal((await mcp('tools/list', {}, { headers })).status, 401);
  t.equal((await mcp('tools/call', { name: 'searchVenues' }, { headers })).status, 401);
  t.equal((await send('/auth/me', { headers })).status, 401);
  t.same(backend.received, []);
});

t.test('without a public tool nobody learns anything before a token', async (t) => {
  const { mcp, call } = await setStage(t, { tools: [closed] });
  for (const method of ['initialize', 'ping', 'tools/list', 'nothing']) {
    t.equal((await mcp(method, {}, anonymous)).status, 401, method);
  }
  const known = await call('listEvents', {}, anonymous);
  const unknown = await call('nothing', {}, anonymous);
  t.equal(unknown.status, 401, 'not 404');
  t.equal(unknown.headers['www-authenticate'], known.headers['www-authenticate']);
});

t.test('names that every object has are no tools', async (t) => {
  const { call, mcp, backend } = await setStage(t);
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'listevents', '']) {
    if (name !== '') t.equal((await call(name)).status, 404, name);
    const got = parsed(await mcp('tools/call', { name }));
    t.match(got, { error: { code: -32602, data: { error: 'unknown_tool' } } }, name);
  }
  t.same(backend.received, []);
});

t.test(
  'a challenge names what the caller has beside what is needed, and nothing else',
  async (t) => {
    const { issuer, call } = await setStage(t, {
      tools: [closed, both, { name: 'x', scopes: ['x', 'delete:all'] }],
    });
    const headers = bearer(await issuer.token({ scope: 'openid x offline_access events:read' }));
    const got = await call('move', {}, { headers });
    t.match(got.headers['www-authenticate'], /scope="events:read events:write x"$/);
  },
);
