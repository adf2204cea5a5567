import t, { type Test } from 'tap';
import { createFetch } from '../../../../examples/rehearsal/http.ts';
import { promotion } from '../../../../examples/rehearsal/steps/promotion.ts';
import { rejected } from '../rejected.ts';
import { type Reply, serve } from '../serve.ts';

const chatgpt = 'https://chatgpt.com/connector/oauth/rehearsal';

interface Stage {
  /** What /authorize shows at the n-th look. */
  readonly page: (look: number) => Reply;
  /** How the webhook answers without its secret. */
  readonly probe?: number;
  readonly redirectUri?: string;
  readonly timeout?: number;
}

const play = async (t: Test, stage: Stage) => {
  const { page, probe = 401, redirectUri = chatgpt, timeout = 0.15 } = stage;
  let looks = 0;
  const origin = await serve(t, ({ path }) => {
    if (path === '/auth0-log-webhook') return { status: probe, body: {} };
    looks += 1;
    return page(looks);
  });
  const url = new URL(`${origin}/authorize?redirect_uri=${redirectUri}`);
  const asked = { url, state: 's', clientId: 'tpc_1' };
  const gateway = new URL(`${origin}/mcp`);
  return promotion(asked, createFetch('test/1'), { gateway, redirectUri, timeout });
};

const page = (words: string): Reply => ({ status: 403, body: words });
const ungranted = page('unauthorized_client: Client "tpc_1" is not authorized');
const unconnected = page('invalid_request: no connections enabled for the client');

t.test('a client that is promoted while one looks passes', async (t) => {
  const done = await play(t, {
    page: (look) => (look < 3 ? unconnected : { body: '<form>' }),
    timeout: 5,
  });
  t.match(done.detail, /people can log in \(.*\), look 3/);
});

const wrong: [string, Stage, object][] = [
  [
    'no client grant',
    { page: () => ungranted },
    { came: /^unauthorized_client/, fix: /client grant.*LOG_WEBHOOK_SECRET/ },
  ],
  [
    'no connection',
    { page: () => unconnected },
    { expected: /tpc_1 within 0\.15 s/, fix: /^No connection.*Look for tpc_1 in the log/ },
  ],
  ['promotion off', { page: () => unconnected, probe: 404 }, { fix: /^Promotion is off.*MGMT_/ }],
  [
    'a loopback redirect URI',
    { page: () => unconnected, redirectUri: 'http://localhost:6274/cb' },
    { fix: /PROMOTE_CLIENTS=chatgpt,inspector/ },
  ],
  ['words unheard of', { page: () => page('Oops') }, { fix: /^The page of the tenant/ }],
];
for (const [name, stage, failure] of wrong) {
  t.test(`${name} until the end: a failure`, async (t) => {
    t.match(await rejected(play(t, stage)), { failure });
  });
}

const hopeless: [string, string, RegExp][] = [
  ['an API that does not exist', 'access_denied: Service not found: x', /no API whose identifier/],
  ['a forbidden parameter', 'invalid_request: Parameter "claims"', /may not send/],
  ['a client that is gone', 'invalid_client: client is invalid', /register a new one/],
];
for (const [name, words, fix] of hopeless) {
  t.test(`${name} is not waited for`, async (t) => {
    const failed = await rejected(play(t, { page: () => page(words), timeout: 60 }));
    t.match(failed, { failure: { expected: 'a login page for tpc_1', fix } });
  });
}
