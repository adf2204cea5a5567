import t from 'tap';
import { makeClient } from '../../../../examples/tenant/oauth/registration.ts';

const good = 'https://chatgpt.com/connector/oauth/abc';

t.test('redirect URIs', async (t) => {
  const allowed = [
    good,
    'http://localhost:6274/oauth/callback',
    'http://127.0.0.1:1/cb',
    'http://[::1]/cb',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'com.example.app:/cb',
  ];
  for (const uri of allowed) {
    t.match(makeClient('strict', { redirect_uris: [uri] }), { callbacks: [uri] });
  }
  const refused = ['', '/relative', 'http://chatgpt.com/cb', `${good}#x`, 'javascript:alert(1)', 7];
  for (const uri of refused) {
    const made = makeClient('strict', { redirect_uris: [good, uri] });
    t.match(made, { error: 'invalid_redirect_uri', error_description: /redirect_uris\.1/ });
  }
  t.match(makeClient('strict', {}), { error: 'invalid_redirect_uri' });
  t.match(makeClient('strict', { redirect_uris: good }), { error: 'invalid_redirect_uri' });
});

t.test('a strict client has the code flow and refresh tokens, and no other grant', async (t) => {
  const machine = { redirect_uris: [good], grant_types: ['client_credentials'] };
  t.match(makeClient('strict', machine), { error: 'invalid_client_metadata' });
  t.match(makeClient('permissive', machine), { grant_types: ['client_credentials'] });
});

t.test('other metadata', async (t) => {
  const make = (more: object) => makeClient('strict', { redirect_uris: [good], ...more });
  t.match(make({ response_types: ['token'] }), { error: 'invalid_client_metadata' });
  t.match(make({ token_endpoint_auth_method: 'private_key_jwt' }), {
    error: 'invalid_client_metadata',
  });
  t.match(make({ logo_uri: 'https://chatgpt.com/l.png' }), {
    logo_uri: 'https://chatgpt.com/l.png',
  });
  t.match(makeClient('strict', undefined), { error: 'invalid_client_metadata' });
});
