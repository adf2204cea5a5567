import t from 'tap';
import { createVerifier } from '../../examples/backend/verify.ts';
import { contentDigest, createSign } from '../../src/calls/sign.ts';
import { bearer } from '../send.ts';
import { hmacSecret, setStage } from '../stage.ts';

const spoofed = {
  'x-user-id': 'auth0|admin',
  'X-Client-Id': 'admin-client',
  'x-scopes': 'admin',
  'x-tool-name': 'dropEverything',
  x_user_id: 'auth0|admin',
  'x-request-id': 'chosen',
  'x-forwarded-user': 'admin',
  'content-digest': contentDigest(Buffer.from('{}')),
  'signature-input': 'gateway=("x-user-id");created=1',
  signature: 'gateway=:AAAA:',
  connection: 'close, x-user-id, x-scopes, signature',
  te: 'trailers',
  'proxy-authorization': 'Basic eDp5',
  'x-http-method-override': 'DELETE',
};

t.test('no header of the client reaches the backend, whatever it calls itself', async (t) => {
  const { issuer, backend, call, mcp } = await setStage(t);
  const headers = { ...bearer(await issuer.token()), ...spoofed };
  t.equal((await call('listEvents', {}, { headers })).status, 200);
  t.equal((await mcp('tools/call', { name: 'listEvents' }, { headers })).status, 200);
  t.equal(backend.received.length, 2);
  const verify = createVerifier({ secrets: [hmacSecret], authority: new URL(backend.url).host });
  for (const { method, path, rawHeaders, body, headers: got } of backend.received) {
    const call = { method, path, authority: '', headers: rawHeaders, body: Buffer.from(body) };
    const identity = { userId: 'auth0|person', clientId: 'tpc_client', scopes: ['events:read'] };
    t.match(verify(call), { ok: true, identity });
    const all = JSON.stringify(got);
    for (const word of ['admin', 'chosen', 'trailers', 'eDp5', 'DELETE']) t.notMatch(all, word);
    t.equal(method, 'POST');
  }
});

t.test('a subject cannot break out of its header', async (t) => {
  const { issuer, backend, call } = await setStage(t);
  const sub = 'auth0|x\r\nx-scopes: admin\r\n\r\nGET /admin HTTP/1.1';
  const scope = 'events:read\nadmin events:rëad';
  await call('listEvents', {}, { headers: bearer(await issuer.token({ sub })) });
  await call(
    'listEvents',
    {},
    { headers: bearer(await issuer.token({ scope: `events:read ${scope}` })) },
  );
  const [first, second] = backend.received;
  t.equal(decodeURIComponent(String(first?.headers['x-user-id'])), sub);
  t.equal(first?.headers['x-scopes'], 'events:read');
  t.equal(second?.headers['x-scopes'], 'events:read events:read%0Aadmin events:r%C3%ABad');
});

t.test('what was signed for one backend, path or body is worth nothing for another', async (t) => {
  const body = Buffer.from('{}');
  const message = {
    method: 'POST',
    authority: 'backend.example',
    path: '/listEvents',
    body,
    headers: [
      ['x-tool-name', 'listEvents'],
      ['x-request-id', 'r'],
    ] as const,
  };
  const created = Math.floor(Date.now() / 1000);
  const signed = createSign(hmacSecret)(message, { created, nonce: 'n' });
  const headers = [...message.headers, ...signed].flat();
  const judge = (change: object) =>
    createVerifier({ secrets: [hmacSecret] })({ ...message, headers, ...change });
  t.match(judge({}), { ok: true });
  t.match(judge({ authority: 'other.example' }), { ok: false, reason: 'bad_signature' });
  t.match(judge({ path: '/addEvent' }), { ok: false, reason: 'bad_signature' });
  t.match(judge({ method: 'PUT' }), { ok: false, reason: 'bad_signature' });
  t.match(judge({ body: Buffer.from('{"a":1}') }), { ok: false, reason: 'digest_mismatch' });
  const added = [...headers, 'x-user-id', 'auth0|admin'];
  t.match(judge({ headers: added }), { ok: false, reason: 'uncovered_header' });
});
