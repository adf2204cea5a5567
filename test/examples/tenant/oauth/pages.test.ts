import t from 'tap';
import { consentPage, errorPage, loginPage } from '../../../../examples/tenant/oauth/pages.ts';
import { preparedState } from './tenant.ts';

const evil = '<script>alert("&")</script>';
const harmless = '&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;';

t.test('text from outside stays text', async (t) => {
  const pages = [
    loginPage(evil, [], [], false),
    consentPage(evil, 'chatgpt.com', []),
    errorPage('invalid_request', evil),
  ];
  for (const page of pages) {
    t.notOk(page.includes(evil));
    t.ok(page.includes(harmless));
  }
});

t.test('login', async (t) => {
  const { connections, people } = preparedState('strict');
  const page = loginPage('ChatGPT', [...connections.values()], [...people.values()], false);
  t.match(page, /ChatGPT.*google-oauth2/s);
  t.match(page, /pretend tenant.*alice@example\.com<\/code> \(has a role\).*bob.*\(no role\)/s);
  t.match(page, /<form method="post">.*name="username".*name="password"/s);
  t.notMatch(page, /invalid_user_password/);
  t.match(loginPage('ChatGPT', [], [], true), /invalid_user_password.*Wrong email or password/s);
});

t.test('consent', async (t) => {
  const page = consentPage('ChatGPT', 'chatgpt.com', ['events:read']);
  t.match(page, /ChatGPT.*chatgpt\.com.*events:read/s);
  t.match(page, /name="action" value="accept".*name="action" value="decline"/s);
  t.match(consentPage('ChatGPT', 'chatgpt.com', []), 'no permissions');
});
