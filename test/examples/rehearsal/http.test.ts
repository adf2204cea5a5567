import t from 'tap';
import { createFetch, parseJson, readJson, shorten } from '../../../examples/rehearsal/http.ts';
import { serve } from './serve.ts';

t.test('each request has the user agent and an end', async (t) => {
  const origin = await serve(t, ({ headers }) => ({ body: { agent: headers['user-agent'] } }));
  const fetch = createFetch('openai-mcp/1.0.0');
  const answer = await readJson(fetch, `${origin}/x`);
  t.strictSame(answer, { url: `${origin}/x`, status: 200, json: { agent: 'openai-mcp/1.0.0' } });
  t.equal((await fetch(origin)).status, 200);
  await t.rejects(fetch(origin, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

t.test('what is no JSON is undefined', async (t) => {
  t.equal(parseJson('<p>'), undefined);
});

t.test('long text is one short line', async (t) => {
  t.equal(shorten(' a\n  b '), 'a b');
  t.equal(shorten('x'.repeat(400)).length, 300);
});
