import t from 'tap';
import { browser, headless, pasted } from '../../../examples/rehearsal/person.ts';
import { rejected } from './rejected.ts';
import { freePort, serve } from './serve.ts';

const ask = async () => '';
const request = new URL('https://tenant.example/authorize?client_id=c');

t.test('a browser is awaited on the loopback redirect URI', async (t) => {
  const home = `http://localhost:${await freePort()}/oauth/callback`;
  const visits: Promise<Response>[] = [];
  const say = (text: string) => {
    t.match(text, request.href);
    visits.push(fetch(new URL('/favicon.ico', home)));
    visits.push(fetch(`${home}?code=c&state=s`));
  };
  const back = await browser(home, 5, { say, ask })(request);
  t.equal(back.href, `${home}?code=c&state=s`);
  const answers = await Promise.all(visits);
  t.strictSame(
    answers.map(({ status }) => status),
    [404, 200],
  );
});

t.test('nobody coming back is told with the way to have more time', async (t) => {
  const home = `http://localhost:${await freePort()}/cb`;
  const waiting = browser(home, 0.01, { say: () => {}, ask })(request);
  t.match(await rejected(waiting), {
    failure: { came: 'nobody within 0.01 s', fix: /--login-timeout/ },
  });
});

t.test('a taken port is told', async (t) => {
  const origin = await serve(t, () => ({}));
  const waiting = browser(`${origin}/cb`, 5, { say: () => {}, ask })(request);
  t.match(await rejected(waiting), { failure: { came: /EADDRINUSE/, fix: /--redirect/ } });
});

t.test('port 80 is the port of a redirect URI without one', async (t) => {
  // 192.0.2.1 (RFC 5737) is no address of this machine: the port is never opened.
  const waiting = browser('http://192.0.2.1/cb', 5, { say: () => {}, ask })(request);
  t.match(await rejected(waiting), { failure: { came: /192\.0\.2\.1:80/ } });
});

t.test('an address is pasted where nothing of ours listens', async (t) => {
  const home = 'https://chatgpt.com/connector/oauth/rehearsal';
  const told: string[] = [];
  const answering = (answer: string) =>
    pasted(home, {
      say: (text) => void told.push(text),
      ask: async (question) => {
        told.push(question);
        return answer;
      },
    })(request);
  t.equal((await answering(` ${home}?code=c \n`)).href, `${home}?code=c`);
  t.match(told, [request.href, home]);
  t.match(await rejected(answering(' ')), { failure: { came: 'nothing' } });
  t.match(await rejected(answering('code=c')), { failure: { came: 'no address' } });
});

t.test('headless, the words of an error page are told', async (t) => {
  const page = '<code id="error">unauthorized_client</code><span id="description">No.</span>';
  const origin = await serve(t, () => ({ status: 403, body: page }));
  const stopped = headless('a', 'b')(new URL(`${origin}/authorize`));
  t.match(await rejected(stopped), {
    failure: { came: /unauthorized_client: No\./, fix: /promotion/ },
  });
});

t.test('headless, any other error stays what it is', async (t) => {
  const origin = await serve(t, () => ({ status: 302, headers: { location: '/' }, body: '' }));
  await t.rejects(headless('a', 'b')(new URL(`${origin}/`)), { message: /no end/ });
});
