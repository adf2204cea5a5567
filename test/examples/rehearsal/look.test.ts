import t, { type Test } from 'tap';
import { createFetch } from '../../../examples/rehearsal/http.ts';
import { look } from '../../../examples/rehearsal/look.ts';
import { type Handler, type Reply, serve } from './serve.ts';

const home = 'https://client.example/cb';

const lookAt = async (t: Test, handler: Handler) => {
  const origin = await serve(t, handler);
  return look(createFetch('test/1'), new URL(`${origin}/authorize?redirect_uri=${home}`));
};

const to = (location: string, cookies: string[] = []): Reply => ({
  status: 302,
  headers: { location, 'set-cookie': cookies },
  body: '',
});

t.test('a login page behind redirects is usable, cookies are kept', async (t) => {
  const seen = await lookAt(t, ({ path, headers }) => {
    if (path === '/authorize') return to('/login', ['a=1=; Path=/', 'b=2']);
    t.equal(headers.cookie, 'a=1=; b=2');
    return { body: '<form>' };
  });
  t.match(seen, { kind: 'usable', where: /\/login$/ });
});

t.test('an identity provider is usable', async (t) => {
  t.match(await lookAt(t, () => to('https://idp.example/x')), {
    kind: 'usable',
    where: 'idp.example',
  });
});

t.test('a code at once means an open session', async (t) => {
  t.match(await lookAt(t, () => to(`${home}?code=c`)), { kind: 'usable', where: /session/ });
});

t.test('an error at the redirect URI is a refusal', async (t) => {
  const seen = await lookAt(t, () => to(`${home}?error=access_denied&error_description=No.`));
  t.strictSame(seen, { kind: 'refused', error: 'access_denied', description: 'No.' });
  const short = await lookAt(t, () => to(`${home}?error=access_denied`));
  t.strictSame(short, { kind: 'refused', error: 'access_denied', description: '' });
});

t.test('an error page is a refusal in its own words', async (t) => {
  const body = '<title>T</title><style>a{}</style><b>unauthorized_client</b>: &quot;x&quot;';
  t.strictSame(await lookAt(t, () => ({ status: 403, body })), {
    kind: 'refused',
    error: 'unauthorized_client',
    description: 'unauthorized_client : "x"',
  });
  t.match(await lookAt(t, () => ({ status: 500, body: 'Oops' })), { error: 'HTTP 500' });
});

t.test('redirects without end are a refusal', async (t) => {
  t.match(await lookAt(t, () => to('/authorize')), { kind: 'refused', error: 'redirects' });
});

t.test('a request without redirect URI is looked at too', async (t) => {
  const origin = await serve(t, () => ({ status: 400, body: 'invalid_request' }));
  const seen = await look(createFetch('test/1'), new URL(`${origin}/authorize`));
  t.match(seen, { kind: 'refused', error: 'invalid_request' });
});
