import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import Fastify from 'fastify';
import t, { type Test } from 'tap';
import { type Config, loadConfig } from '../src/config.ts';
import { toRefusal } from '../src/errors.ts';
import { metadataUrl, publicOrigin } from '../src/public-url.ts';

const needed = {
  OAUTH_ISSUER: 'https://tenant.example.auth0.com/',
  OAUTH_AUDIENCE: 'https://gateway.example.com/mcp',
  FUNCTIONS_BASE: 'http://127.0.0.1:9',
  TOOLS_FILE: 'tools.json',
};

/** A server that answers with its own origin; one hop in front of it is trusted or not. */
async function start(t: Test, env: Readonly<Record<string, string>>) {
  const config: Config = loadConfig({ ...needed, ...env });
  const trustProxy = config.trustProxy === 'off' ? false : (_: string, hop: number) => hop === 0;
  const app = Fastify({ trustProxy });
  t.teardown(() => app.close());
  app.setErrorHandler((error, _request, reply) => reply.send(toRefusal(error).code));
  app.get('/', async (request) => publicOrigin(config, request));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const ask = async (headers: Readonly<Record<string, string>>): Promise<string> => {
    const request = httpRequest({ host: '127.0.0.1', port, headers, agent: false }).end();
    const [response] = await once(request, 'response');
    return text(response);
  };
  return { ask, port };
}

t.test('PUBLIC_URL is the origin, whatever the request says', async (t) => {
  const { ask } = await start(t, {
    PUBLIC_URL: 'https://gateway.example.com/',
    TRUST_PROXY: 'host',
  });
  const said = { host: 'evil.example.com', 'x-forwarded-host': 'evil.example.com' };
  t.equal(await ask(said), 'https://gateway.example.com');
  t.equal(await ask({ host: 'no host' }), 'https://gateway.example.com');
});

const forwarded = {
  host: 'Gateway.Example.com:8080',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'evil.example.com, front.example.com',
};

t.test('without a trusted proxy only the Host header counts', async (t) => {
  const { ask } = await start(t, {});
  t.equal(await ask(forwarded), 'http://gateway.example.com:8080');
});

t.test('a trusted proxy says the scheme, not the host', async (t) => {
  for (const env of [{ TRUST_PROXY: 'true' }, { K_SERVICE: 'gateway' }]) {
    const { ask } = await start(t, env);
    t.equal(await ask(forwarded), 'https://gateway.example.com:8080');
  }
});

t.test('TRUST_PROXY=host believes the last X-Forwarded-Host', async (t) => {
  const { ask } = await start(t, { TRUST_PROXY: 'host' });
  t.equal(await ask(forwarded), 'https://front.example.com');
  t.equal(await ask({ host: 'gateway.example.com' }), 'http://gateway.example.com');
});

t.test('a scheme that is none becomes http', async (t) => {
  const { ask } = await start(t, { TRUST_PROXY: 'true' });
  for (const scheme of ['javascript', 'wss', 'https://evil.example.com/']) {
    const headers = { host: 'gateway.example.com', 'x-forwarded-proto': scheme };
    t.equal(await ask(headers), 'http://gateway.example.com', scheme);
  }
});

t.test('hosts', async (t) => {
  const { ask } = await start(t, {});
  for (const host of ['localhost', '127.0.0.1:8080', '[::1]', '[::1]:8080', 'a_b-c.example']) {
    t.equal(await ask({ host }), `http://${host}`);
  }
});

t.test('a Host header that is no host is refused', async (t) => {
  const { ask } = await start(t, {});
  const bad = [
    'evil.example.com/path',
    'user@gateway.example.com',
    'gateway.example.com" x="',
    'gateway.example.com, evil.example.com',
    'gateway example com',
    'gateway.example.com:port',
    'gateway.example.com:123456',
    'gateway.example.com?',
    'gateway.example.com#',
    '[::1',
    '%67ateway.example.com',
    ':8080',
  ];
  for (const host of bad) t.equal(await ask({ host }), 'invalid_request', host);
});

t.test('a forwarded host that is no host is refused', async (t) => {
  const { ask } = await start(t, { TRUST_PROXY: 'host' });
  const headers = { host: 'gateway.example.com', 'x-forwarded-host': 'evil.example.com/x' };
  t.equal(await ask(headers), 'invalid_request');
});

t.test('HTTP/1.0 without a Host header is refused', async (t) => {
  const { port } = await start(t, {});
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.0\r\n\r\n');
  t.match(await text(socket), /\r\n\r\ninvalid_request$/);
});

t.test('RFC 9728 §3.1: the metadata of /mcp stands at the path form', async (t) => {
  const origin = 'https://gateway.example.com';
  const root = `${origin}/.well-known/oauth-protected-resource`;
  t.equal(metadataUrl(origin, '/mcp'), `${root}/mcp`);
  for (const path of ['/', '/tools/listEvents', '/mcp/other', '/auth/me']) {
    t.equal(metadataUrl(origin, path), root);
  }
});
