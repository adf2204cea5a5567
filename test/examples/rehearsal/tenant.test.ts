import t from 'tap';
import { createFetch } from '../../../examples/rehearsal/http.ts';
import { defaults } from '../../../examples/rehearsal/options.ts';
import { choosePerson, chooseRedirect, isPretend } from '../../../examples/rehearsal/tenant.ts';
import { rejected } from './rejected.ts';
import { routes, serve } from './serve.ts';

const fetch = createFetch('test/1');

t.test('only a tenant on this machine is asked whether it is a pretend one', async (t) => {
  const pretend = await serve(t, routes({ '/__tenant': { body: { pretend: true } } }));
  const other = await serve(t, routes({}));
  t.equal(await isPretend(`${pretend}/`, fetch), true);
  t.equal(await isPretend(`${other}/`, fetch), false);
  const never = async () => {
    throw new Error('asked');
  };
  t.equal(await isPretend('https://tenant.example/', never), false);
});

t.test('the redirect URI is that of ChatGPT only where nobody has to paste', async (t) => {
  t.equal(chooseRedirect(undefined, true), 'https://chatgpt.com/connector/oauth/rehearsal');
  t.equal(chooseRedirect(undefined, false), 'http://localhost:6274/oauth/callback');
  t.equal(chooseRedirect('chatgpt', false), 'https://chatgpt.com/connector/oauth/rehearsal');
  t.equal(chooseRedirect('http://localhost:1/x', true), 'http://localhost:1/x');
});

t.test('who logs in follows from tenant and redirect URI', async (t) => {
  const said: string[] = [];
  const terminal = { say: (text: string) => void said.push(text), ask: async () => 'a:b' };
  const options = { ...defaults, terminal, loginTimeout: 0.01 };
  const request = new URL('http://127.0.0.1:1/authorize');
  await t.rejects(choosePerson('https://c.example/cb', true, options)(request), /fetch failed/);
  t.equal((await choosePerson('https://c.example/cb', false, options)(request)).href, 'a:b');
  const awaited = choosePerson('http://127.0.0.1:0/cb', false, options)(request);
  t.match(await rejected(awaited), { failure: { came: /nobody/ } });
  t.equal(said.length, 2);
});
