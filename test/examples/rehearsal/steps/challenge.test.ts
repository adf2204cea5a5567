import t, { type Test } from 'tap';
import { createFetch } from '../../../../examples/rehearsal/http.ts';
import { challenge } from '../../../../examples/rehearsal/steps/challenge.ts';
import { rejected } from '../rejected.ts';
import { mcp, type Reply, type Script, serve, tool } from '../serve.ts';

const metadata = 'https://g.example/.well-known/oauth-protected-resource/mcp';
const unauthorized = (header: string): Reply => ({
  status: 401,
  headers: { 'www-authenticate': header },
  body: { error: 'missing_token' },
});
const right = unauthorized(`Bearer resource_metadata="${metadata}", scope="a b"`);

const play = async (t: Test, script: Script) =>
  challenge(new URL(`${await serve(t, mcp(script))}/mcp`), createFetch('test/1'));

t.test('a catalog without public tools challenges initialize', async (t) => {
  t.match(await play(t, { tools: [], refuse: right }), {
    value: { resourceMetadataUrl: new URL(metadata), scope: 'a b', listed: { length: 0 } },
    detail: /^initialize without a token: 401/,
  });
});

t.test('a catalog with a public tool challenges the call of another', async (t) => {
  const tools = [tool('open', []), tool('closed', ['a'])];
  const call = (name: string) => {
    t.equal(name, 'closed');
    return { reply: right };
  };
  t.match(await play(t, { tools, call }), {
    value: { resourceMetadataUrl: new URL(metadata), listed: [{ name: 'open' }, {}] },
    detail: /^closed without a token/,
  });
});

t.test('public tools alone leave nothing to sign in for', async (t) => {
  const failure = { came: 'only public tools: open', fix: /scopes/ };
  t.match(await rejected(play(t, { tools: [tool('open', [])] })), { failure });
});

t.test('a protected tool that answers is a failure', async (t) => {
  const failure = { came: 'closed answered without a token' };
  t.match(await rejected(play(t, { tools: [tool('closed', ['a'])] })), { failure });
});

const wrong: [string, Reply, RegExp, RegExp][] = [
  ['no metadata', unauthorized('Bearer scope="a"'), /Bearer scope="a"/, /address of the metadata/],
  ['another scheme', unauthorized(`Basic resource_metadata="${metadata}"`), /Basic/, /address/],
  [
    'an error nobody made',
    unauthorized(`Bearer resource_metadata="${metadata}", error="invalid_token"`),
    /invalid_token/,
    /without an error/,
  ],
  ['no challenge', { status: 401, body: {} }, /WWW-Authenticate: none/, /proxy/],
  ['the wrong path', { status: 404, body: 'no' }, /HTTP 404/, /ends in \/mcp/],
];
for (const [name, refuse, came, fix] of wrong) {
  t.test(`${name} is a failure`, async (t) => {
    t.match(await rejected(play(t, { tools: [], refuse })), { failure: { came, fix } });
  });
}
