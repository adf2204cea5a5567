import t from 'tap';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';

const asPerson = { headers: { accept: 'text/html,application/xhtml+xml' } };
const mcp = 'https://gateway.example.com/mcp';

t.test('a machine gets JSON; tools are named only where they are public knowledge', async (t) => {
  const closed = await setStage(t);
  const got = await closed.send('/');
  t.match(got.headers, { 'content-type': /json/, vary: /accept/ });
  const facts = { name: 'openai-auth0-gateway', mcp, authorization_server: closed.issuer.issuer };
  t.same(parsed(got), { ...facts, tools: [] });

  const tools = [
    { name: 'look', public: true },
    { name: 'add', title: 'Add it' },
  ];
  const open = await setStage(t, { tools });
  t.match(parsed(await open.send('/')), {
    tools: [
      { name: 'look', title: 'Look' },
      { name: 'add', title: 'Add it' },
    ],
  });
});

t.test('a person gets a page to read', async (t) => {
  const closed = await setStage(t);
  const got = await closed.send('/', asPerson);
  t.match(got.headers, {
    'content-type': 'text/html; charset=utf-8',
    vary: /accept/,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  });
  t.match(got.text, `<code class="url">${mcp}</code>`);
  t.notMatch(got.text, 'listEvents');
});

t.test('what the catalog says is text, never markup', async (t) => {
  const title = `<script>alert("x")</script> & 'more'`;
  const { send } = await setStage(t, { tools: [{ name: 'look', title, public: true }] });
  const { text } = await send('/', asPerson);
  t.match(text, '&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62; &#38; &#39;more&#39;');
  t.notMatch(text, '<script');
});
