import { createRequire } from 'node:module';
import t, { type Test } from 'tap';
import { createGoogleTokens } from '../../src/calls/google-token.ts';
import { startMetadataServer } from '../fixtures/metadata-server.ts';

const audience = 'https://functions.example.com';
const minute = 60_000;
const loaded = () =>
  Object.keys(createRequire(import.meta.url).cache).some((path) =>
    path.includes('google-auth-library'),
  );

/** Tokens and a clock that the test sets. */
async function open(t: Test, fetchMs = 10_000) {
  const metadata = await startMetadataServer(t);
  let ahead = 0;
  const tokens = createGoogleTokens(audience, { now: () => Date.now() + ahead, fetchMs });
  const later = (ms: number): void => {
    ahead = ms;
  };
  return { metadata, tokens, later };
}

t.test('a token for the audience, asked for once, however many wait', async (t) => {
  t.notOk(loaded(), 'nothing is loaded before it is needed');
  const { metadata, tokens } = await open(t);
  const got = await Promise.all([tokens(), tokens(), tokens()]);
  t.ok(loaded());
  t.same(metadata.asked, [audience]);
  t.same(got, Array(3).fill(`Bearer ${metadata.made[0]}`));
  t.equal(tokens(), got[0], 'at once from then on');
  await createGoogleTokens('https://other.example')();
  t.same(metadata.asked, [audience, 'https://other.example'], 'and nothing is asked again');
});

t.test('it is replaced in the background shortly before it expires', async (t) => {
  const { metadata, tokens, later } = await open(t);
  const first = await tokens();
  later(54 * minute);
  t.equal(tokens(), first);
  t.equal(metadata.asked.length, 1);
  later(56 * minute);
  t.equal(tokens(), first, 'nobody waits');
  t.equal(tokens(), first);
  while (tokens() === first) await new Promise(setImmediate);
  t.equal(metadata.asked.length, 2, 'one fetch');
});

t.test('one that has expired is not used', async (t) => {
  const { metadata, tokens, later } = await open(t);
  await tokens();
  later(59.6 * minute);
  t.equal(await tokens(), `Bearer ${metadata.made[1]}`);
});

t.test(
  'while the metadata server fails, the token at hand serves as long as it is good',
  async (t) => {
    const { metadata, tokens, later } = await open(t);
    const first = await tokens();
    metadata.instead = (response) => response.writeHead(403).end();
    later(56 * minute);
    t.equal(tokens(), first);
    while (metadata.asked.length < 2) await new Promise(setImmediate);
    t.equal(tokens(), first);
    later(60 * minute);
    await t.rejects(Promise.resolve(tokens()));
    metadata.instead = undefined;
    t.match(await tokens(), /^Bearer ey/, 'it heals by itself');
  },
);

t.test('a metadata server that hangs is given up, and asked anew', async (t) => {
  const { metadata, tokens } = await open(t, 1000);
  metadata.instead = () => {};
  await t.rejects(Promise.resolve(tokens()), { message: /did not answer within 1000 ms/ });
  metadata.instead = undefined;
  t.equal(await tokens(), `Bearer ${metadata.made[0]}`);
});

t.test('a start without the metadata server heals by itself', async (t) => {
  const { metadata, tokens } = await open(t);
  const host = process.env['GCE_METADATA_HOST'];
  process.env['GCE_METADATA_HOST'] = '127.0.0.1:9';
  await t.rejects(Promise.resolve(tokens()));
  process.env['GCE_METADATA_HOST'] = host;
  t.equal(await tokens(), `Bearer ${metadata.made[0]}`);
});

t.test(
  'what is no token is an error, and one that does not say when it expires is not kept',
  async (t) => {
    const { metadata, tokens } = await open(t);
    metadata.instead = (response) => response.end('<html>');
    await t.rejects(Promise.resolve(tokens()));
    const endless = `${btoa('{"alg":"none"}')}.${btoa('{"aud":"a"}').replaceAll('=', '')}.`;
    metadata.instead = (response) => response.end(endless);
    t.equal(await tokens(), `Bearer ${endless}`);
    t.equal(await tokens(), `Bearer ${endless}`);
    t.equal(metadata.asked.length, 3);
  },
);
