import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { audience } from '../issuer.ts';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';

const paths = [
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
];

t.test('the document stands at both paths and says what RFC 9728 wants', async (t) => {
  const tools = [
    { name: 'b', scopes: ['events:write', 'events:read'] },
    { name: 'a', scopes: ['events:read', 'offline_access'] },
  ];
  const { issuer, send } = await setStage(t, { tools });
  for (const path of paths) {
    const got = await send(path, { headers: { origin: 'https://any.example' } });
    t.equal(got.status, 200);
    t.match(got.headers, {
      'content-type': /^application\/json/,
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
    });
    t.same(parsed(got), {
      resource: audience,
      authorization_servers: [issuer.issuer],
      scopes_supported: ['events:read', 'events:write'],
      bearer_methods_supported: ['header'],
      resource_name: 'openai-auth0-gateway',
      resource_documentation: 'https://gateway.example.com/',
    });
  }
});

t.test('a 401 leads to the document of the door it closed', async (t) => {
  const { send } = await setStage(t);
  const table = {
    '/mcp': paths[1],
    '/mcp?x=1': paths[1],
    '/tools/listEvents': paths[0],
    '/tools/mcp': paths[0],
  };
  for (const [path, metadata] of Object.entries(table)) {
    const { headers } = await send(path, { body: {} });
    const url = `resource_metadata="https://gateway.example.com${metadata}"`;
    t.ok(headers['www-authenticate']?.startsWith(`Bearer ${url},`), path);
  }
});

const spoofed = {
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'forwarded.example',
  forwarded: 'host=other.example;proto=https',
};

for (const [TRUST_PROXY, origin] of [
  ['false', 'http://gateway.test:8080'],
  ['true', 'https://gateway.test:8080'],
  ['host', 'https://forwarded.example'],
] as const)
  t.test(
    `without PUBLIC_URL the request tells the origin, TRUST_PROXY=${TRUST_PROXY}`,
    async (t) => {
      const { send } = await setStage(t, { env: { PUBLIC_URL: '', TRUST_PROXY } });
      const host = 'Gateway.TEST:8080';
      const seen = async (headers = {}) =>
        parsed(await send(paths[0] ?? '', { headers: { host, ...headers } }))[
          'resource_documentation'
        ];
      t.equal(await seen(spoofed), `${origin}/`);
      t.equal(await seen(), 'http://gateway.test:8080/', 'nothing forwarded');
      const lists = {
        'x-forwarded-proto': 'gopher, https',
        'x-forwarded-host': 'evil.example, forwarded.example',
      };
      t.equal(await seen(lists), `${origin}/`, 'the last entry is the one the proxy wrote');
      const scheme = await seen({ ...spoofed, 'x-forwarded-proto': 'javascript' });
      t.equal(scheme, `${origin.replace('https', 'http')}/`, 'another scheme is http');
    },
  );

t.test('PUBLIC_URL wins over whatever the request says', async (t) => {
  const { send } = await setStage(t, { env: { TRUST_PROXY: 'host' } });
  const got = await send(paths[0] ?? '', { headers: { host: 'a b', ...spoofed } });
  t.equal(parsed(got)['resource_documentation'], 'https://gateway.example.com/');
});

t.test('a Host that is no host is refused, not echoed', async (t) => {
  const { gateway, send } = await setStage(t, { env: { PUBLIC_URL: '', TRUST_PROXY: 'host' } });
  for (const path of [...paths, '/']) {
    for (const host of ['evil"><script>', 'a b', 'user:pw@evil', 'evil/path', 'evil:port']) {
      for (const headers of [{ host }, { 'x-forwarded-host': host }]) {
        const got = await send(path, { headers });
        t.equal(got.status, 400, `${path}: ${JSON.stringify(headers)}`);
        t.notOk(got.text.includes(host));
      }
    }
  }
  for (const host of ['[::1]:8080', 'gateway_1.local', '10.0.0.1:80']) {
    t.equal((await send('/', { headers: { host } })).status, 200, host);
  }
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.end('GET / HTTP/1.0\r\n\r\n');
  t.match(await text(socket), /^HTTP\/1.1 400/, 'none at all');
});
