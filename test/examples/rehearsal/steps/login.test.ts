import t from 'tap';
import { login } from '../../../../examples/rehearsal/steps/login.ts';
import { rejected } from '../rejected.ts';

const redirectUri = 'https://chatgpt.com/connector/oauth/rehearsal';
const issuer = 'https://tenant.example/';
const asked = { url: new URL('https://tenant.example/authorize'), state: 's', clientId: 'c' };

const play = (back: string, returnsIssuer = false) =>
  login(asked, async () => new URL(back), { issuer, returnsIssuer, redirectUri });

t.test('a code with the state, and the issuer where it is promised, passes', async (t) => {
  const back = `${redirectUri}?code=c&state=s`;
  t.equal((await play(back)).value.href, back);
  t.match(await play(`${back}&iss=${issuer}`, true), { detail: /state right/ });
});

const wrong: [string, string, boolean, object][] = [
  ['another place', 'https://evil.example/?code=c&state=s', false, { expected: /redirect URI/ }],
  ['another state', `${redirectUri}?code=c&state=x`, false, { expected: /state.*: s/, came: 'x' }],
  ['no issuer', `${redirectUri}?code=c&state=s`, true, { expected: /^iss/, came: 'nothing' }],
  ['another issuer', `${redirectUri}?code=c&state=s&iss=x`, false, { came: 'x' }],
  ['a no', `${redirectUri}?error=access_denied&state=s`, false, { fix: /declined/ }],
  [
    'an error',
    `${redirectUri}?error=server_error&error_description=Oops&state=s`,
    false,
    { came: 'server_error: Oops', fix: /log of the tenant/ },
  ],
];
for (const [name, back, returnsIssuer, failure] of wrong) {
  t.test(`${name}: a failure`, async (t) => {
    t.match(await rejected(play(back, returnsIssuer)), { failure });
  });
}
