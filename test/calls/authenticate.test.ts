import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { nowSeconds } from '../issuer.ts';
import { bearer, parsed } from '../send.ts';
import { setStage } from '../stage.ts';

const paths = ['/tools/listEvents', '/mcp'] as const;

/** The refusal of either door. */
const refusalOf = (body: Record<string, unknown>): unknown =>
  'error' in body && typeof body['error'] === 'object' ? Object(body['error']).data : body;

t.test('what is no single bearer token is a malformed request', async (t) => {
  const { issuer, send, backend } = await setStage(t);
  const token = await issuer.token();
  const malformed = {
    basic: ['Basic dXNlcjpwYXNz'],
    'no token': ['Bearer'],
    'only spaces': ['Bearer   '],
    'only padding': ['Bearer =='],
    'no scheme': [token],
    'scheme glued on': [`Bearer${token}`],
    'two tokens': [`Bearer ${token} ${token}`],
    'two schemes': [`Bearer DPoP ${token}`],
    'comma list': [`Bearer ${token}, Bearer ${token}`],
    parameters: [`Bearer token="${token}"`],
    'foreign characters': [`Bearer ${token}é`],
    empty: [''],
    'two headers': [`Bearer ${token}`, `Bearer ${token}`],
    'two headers, one of them good': ['Basic dXNlcjpwYXNz', `Bearer ${token}`],
  };
  for (const path of paths)
    for (const [name, authorization] of Object.entries(malformed)) {
      const got = await send(path, { body: {}, headers: { authorization } });
      t.equal(got.status, 400, `${path}: ${name}`);
      const fix =
        authorization.length > 1 ? /one Authorization header/ : /Bearer, a space, a token/;
      t.match(refusalOf(parsed(got)), { error: 'invalid_request', error_description: fix });
      t.equal(got.headers['www-authenticate'], undefined);
    }
  t.same(backend.received, []);
});

t.test('a token in the URL is refused, beside a good one too, and never logged', async (t) => {
  const { issuer, gateway, send } = await setStage(t);
  const token = await issuer.token();
  for (const path of [...paths, '/auth/me']) {
    const method = path === '/auth/me' ? 'GET' : 'POST';
    const sent = { method, headers: bearer(token) };
    for (const query of [`access_token=${token}`, 'access_token', 'a=1&access_token=x']) {
      const got = await send(`${path}?${query}`, sent);
      t.equal(got.status, 400, `${path}?${query.slice(0, 20)}`);
      t.match(refusalOf(parsed(got)), { error: 'invalid_request', error_description: /URL/ });
    }
  }
  t.notMatch(JSON.stringify(gateway.lines), token);
});

t.test('a token anywhere but in the header is no token', async (t) => {
  const { issuer, backend, gateway, send } = await setStage(t);
  const token = await issuer.token();
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const path of paths) {
    const bodies = [
      { body: `access_token=${token}`, headers: form },
      { body: { access_token: token } },
      { body: {}, headers: { cookie: `access_token=${token}`, 'x-access-token': token } },
      { body: {}, headers: { 'proxy-authorization': `Bearer ${token}` } },
    ];
    for (const sent of bodies) {
      t.match(refusalOf(parsed(await send(path, sent))), { error: 'missing_token' });
    }
    const both = { body: `access_token=${token}`, headers: { ...form, ...bearer(token) } };
    const got = await send(path, both);
    t.equal(got.status, 415, 'not even beside a good one');
  }
  t.same(backend.received, []);
  t.notMatch(JSON.stringify(gateway.lines), token);
});

t.test('a DPoP token is refused as what it is (RFC 9449)', async (t) => {
  const { issuer, backend, send } = await setStage(t);
  const token = await issuer.token({ cnf: { jkt: 'thumbprint' } });
  for (const path of paths)
    for (const scheme of ['DPoP', 'dpop', 'Bearer']) {
      const headers = { authorization: `${scheme} ${token}`, dpop: 'proof' };
      const got = await send(path, { body: {}, headers });
      t.equal(got.status, 401, `${path} ${scheme}`);
      t.match(refusalOf(parsed(got)), { error: 'invalid_token', reason: 'sender_constrained' });
      t.match(got.headers['www-authenticate'], /^Bearer .*takes no other\.", scope=/);
    }
  const unbound = { authorization: `DPoP ${await issuer.token()}` };
  t.equal((await send('/auth/me', { headers: unbound })).status, 401, 'whatever is in it');
  t.same(backend.received, []);
});

t.test('a token over 16 KB is malformed, one below is judged', async (t) => {
  const { issuer, call } = await setStage(t);
  for (const [length, status] of [
    [11_000, 200],
    [13_000, 401],
    [20_000, 401],
  ] as const) {
    const headers = bearer(await issuer.token({ filler: 'x'.repeat(length) }));
    const got = await call('listEvents', {}, { headers });
    t.equal(got.status, status, `${length}`);
    if (status === 401) t.match(parsed(got), { error: 'invalid_token', reason: 'malformed' });
  }
});

t.test('machines and organizations: marked for the backend, told to the caller', async (t) => {
  const { issuer, backend, call, send } = await setStage(t, {
    env: { OAUTH_ORGANIZATIONS: 'org_a' },
  });
  const machine = { sub: 'abc@clients', gty: 'client-credentials', org_id: 'org_a' };
  const headers = bearer(await issuer.token(machine));
  t.equal((await call('listEvents', {}, { headers })).status, 200);
  const [got] = backend.received;
  t.match(got?.headers, { 'x-caller-type': 'machine', 'x-org-id': 'org_a' });
  t.match(got?.headers['signature-input'], /"x-org-id" "x-caller-type"/, 'both are signed');
  t.match(parsed(await send('/auth/me', { headers })), { machine: true, org_id: 'org_a' });

  const person = bearer(await issuer.token({ org_id: 'org_a' }));
  t.equal((await call('listEvents', {}, { headers: person })).status, 200);
  t.equal(backend.received[1]?.headers['x-caller-type'], undefined);
  t.equal((await call('listEvents')).status, 401, 'a token of no organization');
  t.equal(backend.received.length, 2);
});

t.test('the scheme is told in any case and with several spaces (RFC 9110 §11.1)', async (t) => {
  const { issuer, call } = await setStage(t);
  const token = await issuer.token();
  for (const authorization of [`bearer ${token}`, `BEARER   ${token}`]) {
    t.equal((await call('listEvents', {}, { headers: { authorization } })).status, 200);
  }
});

t.test('the word authorization in the value of another header is no second one', async (t) => {
  const { call } = await setStage(t);
  const headers = { 'x-headers-seen': 'Authorization', 'x-more': 'more' };
  t.equal((await call('listEvents', {}, { headers })).status, 200);
});

t.test('a believed token is believed again without another look, until it is due', async (t) => {
  const { issuer, call } = await setStage(t, { env: { CLOCK_TOLERANCE: '0' } });
  const headers = bearer(await issuer.token({ exp: nowSeconds() + 2 }));
  t.equal((await call('listEvents', {}, { headers })).status, 200);
  issuer.documents.clear();
  t.equal((await call('listEvents', {}, { headers })).status, 200);
  const reads = issuer.asked.length;
  t.equal(reads, 1, 'the keys were read once');
});

t.test('without a believable token no byte of the body is read', async (t) => {
  const { issuer, gateway, backend } = await setStage(t, { env: { BODY_LIMIT: '1024' } });
  const { port } = new URL(gateway.url);
  const expired = await issuer.token({ exp: 1 });
  const post = (path: string, extra: string) =>
    `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n${extra}\r\n`;
  for (const path of paths)
    for (const authorization of ['', `Authorization: Bearer ${expired}\r\n`]) {
      const socket = connect(Number(port), '127.0.0.1');
      t.teardown(() => socket.destroy());
      // Announced, never sent: who waits for the body waits for ever.
      socket.write(post(path, `${authorization}Content-Length: 100000000\r\n`));
      const [answer] = await once(socket, 'data');
      t.match(String(answer), 'HTTP/1.1 401', `${path}: a huge body`);
      socket.destroy();

      const broken = connect(Number(port), '127.0.0.1');
      broken.write(`${post(path, `${authorization}Content-Length: 9\r\n`)}{"broken"`);
      t.match(await text(broken), 'HTTP/1.1 401', `${path}: a broken body`);
    }
  t.same(backend.received, []);
});

t.test(
  'every reason a token is not believed reaches the client as 401 with its word',
  async (t) => {
    const { issuer, call } = await setStage(t, { env: { OAUTH_ORGANIZATIONS: 'org_a' } });
    const org_id = 'org_a';
    const good = await issuer.token({ org_id });
    const [header = '', payload = ''] = good.split('.');
    const tokens: Record<string, string> = {
      expired: await issuer.token({ exp: nowSeconds() - 61 }),
      not_yet_valid: await issuer.token({ nbf: nowSeconds() + 90 }),
      wrong_issuer: await issuer.token({ iss: 'https://other.example/' }),
      wrong_audience: await issuer.token({ aud: 'https://other.example/api' }),
      bad_signature: `${header}.${payload}.${'A'.repeat(342)}`,
      unknown_key: await issuer.token({}, { kid: 'other' }),
      malformed: 'a.b.c',
      no_subject: await issuer.token({ sub: '' }),
      sender_constrained: await issuer.token({ cnf: { jkt: 'thumbprint' } }),
      wrong_organization: await issuer.token({ org_id: 'org_b' }),
      ACCESS_TOKEN_IS_ENCRYPTED_JWE: 'a.b.c.d.e',
      ACCESS_TOKEN_NOT_JWS: '-opaque_~+/AZ09==',
    };
    for (const [reason, token] of Object.entries(tokens)) {
      const got = await call('listEvents', {}, { headers: bearer(token) });
      t.equal(got.status, 401, reason);
      t.match(parsed(got), { error: 'invalid_token', reason });
      const { error_description: words } = parsed(got);
      const challenge = `error="invalid_token", error_description="${words}", scope="events:read"`;
      t.ok(
        String(got.headers['www-authenticate']).endsWith(challenge),
        'the challenge says the same',
      );
    }
  },
);
