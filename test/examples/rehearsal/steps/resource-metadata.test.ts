import t, { type Test } from 'tap';
import { createFetch } from '../../../../examples/rehearsal/http.ts';
import { resourceMetadata } from '../../../../examples/rehearsal/steps/resource-metadata.ts';
import { rejected } from '../rejected.ts';
import { type Reply, serve } from '../serve.ts';

const root = '/.well-known/oauth-protected-resource';
const issuer = 'https://tenant.example/';

/** A gateway that answers at both places with what `reply` makes of its origin. */
const play = async (t: Test, reply: (origin: string, path: string) => Reply) => {
  let origin = '';
  origin = await serve(t, ({ path }) => reply(origin, path));
  const named = new URL(`${origin}${root}/mcp`);
  return resourceMetadata(new URL(`${origin}/mcp`), named, createFetch('test/1'));
};

t.test('one document at every place gives resource, tenant and scopes', async (t) => {
  const body = { authorization_servers: [issuer], scopes_supported: ['a', 'b'] };
  const done = await play(t, (origin) => ({ body: { resource: `${origin}/mcp`, ...body } }));
  t.match(done.value, { resource: /\/mcp$/, issuer, scopes: ['a', 'b'] });
  t.match(done.detail, /scopes a b$/);
});

t.test('a resource above the URL covers it; of several tenants the first counts', async (t) => {
  const body = { authorization_servers: [issuer, 'https://other.example/'] };
  const done = await play(t, (resource) => ({ body: { resource, ...body } }));
  t.match(done.value, { issuer, scopes: { length: 0 } });
  t.match(done.detail, /the first of 2\), scopes none/);
});

const authorization_servers = [issuer];
const wrong: [string, (origin: string, path: string) => Reply, object][] = [
  [
    'documents that differ',
    (origin, path) => ({ body: { resource: `${origin}/mcp`, authorization_servers, path } }),
    { came: 'two that differ' },
  ],
  [
    'a resource elsewhere',
    () => ({ body: { resource: 'https://api.example', authorization_servers } }),
    { came: 'https://api.example', fix: /OAUTH_AUDIENCE/ },
  ],
  ['nothing there', () => ({ status: 404, body: {} }), { came: 'HTTP 404', fix: /PUBLIC_URL/ }],
  ['no tenant', (resource) => ({ body: { resource } }), { came: /authorization_servers/ }],
  [
    'a document with an error status',
    (resource) => ({ status: 500, body: { resource, authorization_servers } }),
    { came: 'HTTP 500' },
  ],
];
for (const [name, reply, failure] of wrong) {
  t.test(`${name}: a failure`, async (t) => {
    t.match(await rejected(play(t, reply)), { failure });
  });
}
