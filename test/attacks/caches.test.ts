import t from 'tap';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';

const documents = [
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
];

/** What has poisoned caches elsewhere: each is a key of no cache and an input of some server. */
const poison = {
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'gopher',
  'x-forwarded-port': '1',
  'x-forwarded-prefix': '/evil',
  'x-host': 'evil.example',
  'x-original-url': '/mcp',
  'x-rewrite-url': '/mcp',
  forwarded: 'host=evil.example;proto=http',
  'x-http-method-override': 'POST',
  accept: 'text/html; evil',
  'accept-language': 'evil',
};

t.test('no header that is no part of a cache key changes a document', async (t) => {
  const { send } = await setStage(t, { env: { PUBLIC_URL: '', TRUST_PROXY: 'false' } });
  for (const path of documents) {
    const plain = await send(path, { headers: { host: 'gw.example' } });
    const poisoned = await send(`${path}?evil=1`, { headers: { host: 'gw.example', ...poison } });
    t.equal(poisoned.text, plain.text, path);
    t.match(plain.headers, { 'cache-control': 'public, max-age=300' });
    const names = ({ headers }: typeof plain) =>
      Object.keys(headers).filter((one) => one !== 'date');
    t.same(names(poisoned), names(plain));
  }
});

t.test('what is refused or fails is never for a cache to keep', async (t) => {
  const { send, issuer, call, mcp } = await setStage(t, { env: { PUBLIC_URL: '' } });
  issuer.down = true;
  const answers = [
    ...(await Promise.all(documents.map((path) => send(path, { headers: { host: 'a"b' } })))),
    await call('listEvents', {}, { headers: { authorization: 'Bearer a.b.c' } }),
    await mcp('ping', {}, { headers: { authorization: [] } }),
    await send('/nothing'),
    await send('/mcp'),
  ];
  for (const { status, headers } of answers) {
    t.ok(status >= 400);
    t.equal(headers['cache-control'], undefined, `${status}`);
    t.equal(headers['etag'], undefined);
  }
});

t.test('nothing of a caller is ever for a cache to share', async (t) => {
  const { send, call, issuer } = await setStage(t);
  const me = await send('/auth/me', {
    headers: { authorization: `Bearer ${await issuer.token()}` },
  });
  t.match(me.headers, { 'cache-control': 'no-store' });
  const { headers } = await call('listEvents');
  t.equal(headers['cache-control'], undefined, 'POST: only if the backend says so');
});

t.test('the mirror asks one place for one document, whoever asks it for what', async (t) => {
  const { send, issuer } = await setStage(t);
  const path = '/.well-known/openid-configuration';
  const asked = () => issuer.asked.filter((one) => one !== '/.well-known/jwks.json');
  for (const query of ['', '?issuer=http://evil.example/', '?a=/../..', '?%0d%0aHost:evil']) {
    const got = await send(`${path}${query}`, { headers: poison });
    t.equal(parsed(got)['issuer'], issuer.issuer);
  }
  t.same(asked(), [path]);
  for (const other of [
    `${path}/..%2f..%2fapi`,
    '/.well-known/jwks.json',
    '/.well-known/',
    '/api/v2/',
  ]) {
    t.equal((await send(other)).status, 404, other);
  }
  t.same(asked(), [path], 'no other path of the tenant is within reach');
});
