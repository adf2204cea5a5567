import t from 'tap';
import { readChallenge, refusalOf, told } from '../../../examples/rehearsal/refusal.ts';

const header =
  'Bearer resource_metadata="https://g.example/.well-known/oauth-protected-resource", error="insufficient_scope", error_description="more", scope="a b"';

t.test('a JSON-RPC error tells by its data', async (t) => {
  const data = { error: 'invalid_token', error_description: 'Too old.', reason: 'expired' };
  const text = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    error: { code: -32001, message: 'x', data },
  });
  const refused = refusalOf({ status: 401, header, text });
  t.match(refused, { kind: 'refused', status: 401, error: 'invalid_token', reason: 'expired' });
  t.equal(refused && told(refused), 'HTTP 401 invalid_token/expired Too old.');
  t.match(refused?.challenge, { scope: 'a b', error: 'insufficient_scope' });
});

t.test(
  'a JSON-RPC error without data tells by code and message, also with status 200',
  async (t) => {
    const text = JSON.stringify({ error: { code: -32602, message: 'Bad arguments' } });
    const refused = refusalOf({ status: 200, header: '', text });
    t.equal(refused && told(refused), 'HTTP 200 -32602 Bad arguments');
  },
);

t.test('the versions that are spoken instead are kept', async (t) => {
  const error = { code: -32022, message: 'Unsupported', data: { supported: ['2025-11-25'] } };
  const refused = refusalOf({ status: 400, header: '', text: JSON.stringify({ error }) });
  t.match(refused, { error: '-32022', description: 'Unsupported', supported: ['2025-11-25'] });
  t.match(refusalOf({ status: 400, header: '', text: '{}' }), { supported: { length: 0 } });
});

t.test('the body of a refusal without JSON-RPC tells too', async (t) => {
  const text = JSON.stringify({ error: 'upstream_failed', error_description: 'No backend.' });
  t.match(refusalOf({ status: 502, header: '', text }), { error: 'upstream_failed', reason: '' });
});

t.test('any other body is shown in short', async (t) => {
  const refused = refusalOf({ status: 503, header: '', text: `<h1>${'busy '.repeat(100)}</h1>` });
  t.match(refused && told(refused), /^HTTP 503 <h1>busy .*…$/);
  t.equal(refused && told(refused).length, 300);
  t.match(refusalOf({ status: 500, header: '', text: '' }), { error: '', description: '' });
});

t.test('an answer that says yes is no refusal', async (t) => {
  t.equal(refusalOf({ status: 202, header: '', text: '' }), undefined);
  t.equal(refusalOf({ status: 200, header: '', text: '{"result":{}}' }), undefined);
});

t.test('no challenge is read from no header', async (t) => {
  t.strictSame(readChallenge(''), {});
});
