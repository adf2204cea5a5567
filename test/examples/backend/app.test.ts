import t from 'tap';
import { startBackend } from '../../../examples/backend/app.ts';
import { build, send, toolCall } from './call.ts';
import { SECRET, sign } from './sign.ts';

t.test('a signed call reaches its tool, and the backend keeps count', async (t) => {
  const { url, calls } = await build(t);
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+\/functions$/);
  const answer = await send(toolCall(url, 'listEvents', {}, 'auth0|ada', 'events:read'));
  t.equal(answer.status, 200);
  t.same(calls, [{ tool: 'listEvents', userId: 'auth0|ada' }]);
});

t.test('what the gateway did not sign reaches nothing', async (t) => {
  const { url, calls } = await build(t);
  const call = toolCall(url, 'listEvents', {}, 'auth0|ada', 'events:read');
  const headers = sign(call);
  const altered = { ...headers, 'x-user-id': 'auth0|eve' };
  const added = { ...headers, 'x-org-id': 'org_1' };
  for (const [request, sent, reason] of [
    [call, {}, 'unsigned'],
    [call, { ...call.headers }, 'unsigned'],
    [call, altered, 'bad_signature'],
    [call, added, 'uncovered_header'],
    [{ ...call, path: '/functions/addEvent' }, headers, 'bad_signature'],
    [{ ...call, path: '/functions/nothing' }, headers, 'bad_signature'],
    [{ ...call, path: `${call.path}?user=eve` }, headers, 'uncovered_query'],
    [{ ...call, body: '{"from":"2027-01-01T00:00:00Z"}' }, headers, 'digest_mismatch'],
    [{ ...call, body: '' }, headers, 'digest_mismatch'],
  ] as const)
    t.same(await send(request, sent), { status: 401, body: { error: 'unsigned_request', reason } });
  t.same(calls, []);
});

t.test('the very same request is served once', async (t) => {
  const { url, calls } = await build(t);
  const call = toolCall(url, 'searchVenues', { query: 'jazz' });
  const headers = sign(call);
  t.equal((await send(call, headers)).status, 200);
  const again = { error: 'unsigned_request', reason: 'replayed' };
  t.same(await send(call, headers), { status: 401, body: again });
  t.same(calls, [{ tool: 'searchVenues' }]);
});

t.test('a request for one backend is no request for another', async (t) => {
  const [one, other] = [await build(t), await build(t)];
  const headers = sign(toolCall(one.url, 'searchVenues', { query: 'jazz' }));
  const elsewhere = toolCall(other.url, 'searchVenues', { query: 'jazz' });
  t.match(await send(elsewhere, headers), { status: 401, body: { reason: 'bad_signature' } });
});

t.test('errors are sentences for the model', async (t) => {
  const { url, calls } = await build(t);
  const venues = (input: unknown) => send(toolCall(url, 'searchVenues', input));
  t.match(await venues({}), { status: 400, body: { error: /query/ } });
  t.match(await venues('{"query":'), { status: 400, body: { error: 'The body is not JSON.' } });
  const nothing = toolCall(url, 'searchVenues', '');
  const { 'content-type': _, ...bare } = sign(nothing);
  t.match(await send(nothing, bare), { status: 400, body: { error: 'The body is not JSON.' } });
  t.match(await venues([]), { status: 400, body: { error: /object/ } });
  t.equal(calls.length, 4);
  const unknown = await send(toolCall(url, 'dropTables', {}));
  t.same(unknown, { status: 404, body: { error: 'There is no tool dropTables.' } });
  const large = await send(toolCall(url, 'searchVenues', { query: 'x'.repeat(2 ** 20) }));
  t.match(large, { status: 413, body: { error: /refused \(413\)/ } });
  t.equal(calls.length, 4);
});

t.test('the backend checks user and scopes again', async (t) => {
  const { url, calls } = await build(t);
  const nobody = await send(toolCall(url, 'listEvents', {}, '', 'events:read'));
  t.match(nobody, { status: 403, body: { error: /signed-in user/ } });
  const reader = await send(toolCall(url, 'addEvent', {}, 'auth0|ada', 'events:read'));
  t.match(reader, { status: 403, body: { error: /events:write/ } });
  t.same(calls, []);
});

t.test('where it listens can be chosen', async (t) => {
  const backend = await startBackend({
    secrets: [SECRET],
    host: 'localhost',
    basePath: '/v1/tools',
  });
  t.teardown(() => backend.close());
  t.match(backend.url, /\/v1\/tools$/);
  t.match(await send(toolCall(backend.url, 'searchVenues', { query: 'hall' })), { status: 200 });
});
