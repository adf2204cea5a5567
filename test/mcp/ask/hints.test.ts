import t from 'tap';
import { createVerifier } from '../../../examples/backend/verify.ts';
import { readHints } from '../../../src/mcp/ask/hints.ts';
import { hmacSecret, setStage } from '../../stage.ts';

const userLocation = { city: 'Zürich', country: 'CH', timezone: 'Europe/Zurich' };
const meta = { 'openai/locale': 'de-CH', 'openai/userLocation': userLocation, other: 1 };
const hints = { locale: 'de-CH', userLocation };
const decoded = (header: unknown) => JSON.parse(decodeURIComponent(String(header)));

t.test('what a client says of its person is kept, and nothing else of its _meta', async (t) => {
  t.same(decoded(readHints(meta)), hints);
  t.equal(readHints({}), undefined);
  t.equal(readHints({ other: 1, 'openai/unknown': 2 }), undefined);
  const all = { locale: 'a', userAgent: '100% b', userLocation: {}, subject: 's', session: 'v1/x' };
  const said = Object.fromEntries(
    Object.entries(all).map(([key, value]) => [`openai/${key}`, value]),
  );
  t.same(decoded(readHints(said)), all);
});

t.test('what is too long, or no text, is not passed on', async (t) => {
  t.equal(readHints({ 'openai/locale': 'x'.repeat(2_048) }), undefined);
  t.equal(readHints({ 'openai/locale': 'ü'.repeat(1_000) }), undefined, 'once it is encoded');
  t.type(readHints({ 'openai/locale': 'x'.repeat(2_000) }), 'string');
  t.same(decoded(readHints({ 'openai/locale': '\ud800' })), { locale: '\ud800' });
});

t.test(
  'the backend gets them signed, over both eras; the header of a client is nothing',
  async (t) => {
    const { mcp, modern, call, backend } = await setStage(t);
    const params = { name: 'listEvents', _meta: meta };
    const forged = { headers: { 'x-client-hints': '{"locale":"xx"}' } };
    await mcp('tools/call', params, forged);
    await modern('tools/call', params);
    await mcp('tools/call', { name: 'listEvents' }, forged);
    await call('listEvents', {}, forged);
    const got = backend.received.map(({ headers }) => headers['x-client-hints']);
    t.same(got.slice(0, 2).map(decoded), [hints, hints]);
    t.same(got.slice(2), [undefined, undefined]);
    const [first] = backend.received;
    t.match(first?.headers['signature-input'], '"x-client-hints"');
    const verify = createVerifier({ secrets: [hmacSecret] });
    const { method = '', path = '', rawHeaders = [], body = '' } = first ?? {};
    const authority = new URL(backend.url).host;
    const judged = verify({
      method,
      path,
      authority,
      headers: [...rawHeaders],
      body: Buffer.from(body),
    });
    t.match(judged, { ok: true });
  },
);
