import { setTimeout as after } from 'node:timers/promises';
import t from 'tap';
import { makeKey } from '../fixtures/keys.ts';
import { compact } from '../fixtures/tokens.ts';
import { nowSeconds } from '../issuer.ts';
import { bearer, parsed } from '../send.ts';
import { type Stage, setStage } from '../stage.ts';

t.jobs = 4;

const metricsToken = 'metrics-token-of-the-tests-0123456789';
const env = { RATE_LIMIT_PER_MINUTE: '0', METRICS_TOKEN: metricsToken };

const ready = async ({ send }: Stage) => {
  const { status, headers, text } = await send('/health/ready');
  return { status, headers, body: JSON.parse(text) as Record<string, unknown> };
};

/** The value of one sample of /metrics. */
async function metric({ send }: Stage, name: string): Promise<number> {
  const { text } = await send('/metrics', { headers: bearer(metricsToken) });
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ').at(-1));
}

const callAs = async (stage: Stage, sub: string) =>
  stage.call('listEvents', {}, { headers: bearer(await stage.issuer.token({ sub })) });

t.test(
  'the tenant is down at the start: alive, not ready, 503 and never 401; it heals by itself',
  { buffered: true },
  async (t) => {
    const stage = await setStage(t, {
      env,
      prepare: (issuer) => {
        issuer.down = true;
      },
    });
    const { issuer, backend, send, call, mcp, gateway } = stage;
    t.equal((await send('/health/live')).status, 200);
    const before = await ready(stage);
    t.match(before, { status: 503, body: { status: 'not_ready', missing: ['keys'] } });
    t.ok(Number(before.headers['retry-after']) >= 1);
    t.equal(await metric(stage, 'gateway_keys_age_seconds'), -1);

    const got = await call('listEvents');
    t.equal(got.status, 503);
    t.match(parsed(got), { error: 'keys_unavailable' });
    t.ok(Number(got.headers['retry-after']) >= 1);
    t.equal(got.headers['www-authenticate'], undefined, 'nobody is sent to log in again');
    t.equal((await mcp('ping')).status, 503);
    t.equal((await send('/.well-known/oauth-protected-resource')).status, 200, 'needs no tenant');
    t.equal((await send('/tools/listEvents', { body: {} })).status, 401, 'no token is no outage');
    t.same(backend.received, []);
    t.ok(
      gateway.lines.some(
        ({ level, message }) =>
          level === 'warn' && message === "the tenant's keys could not be read",
      ),
    );

    issuer.down = false;
    while ((await ready(stage)).status !== 200) await after(20);
    t.equal((await call('listEvents')).status, 200);
    t.ok((await metric(stage, 'gateway_keys_age_seconds')) >= 0);
  },
);

t.test(
  'the tenant goes down later: no call with a known key is lost, for as long as it lasts',
  { buffered: true },
  async (t) => {
    const stage = await setStage(t, { env });
    const { issuer, backend, call, gateway } = stage;
    t.equal((await callAs(stage, 'first')).status, 200);
    issuer.down = true;
    const people = Array.from({ length: 200 }, (_, i) => `person-${i}`);
    const answers = await Promise.all(people.map((sub) => callAs(stage, sub)));
    t.same(
      answers.filter(({ status }) => status !== 200),
      [],
      'new people with new tokens too',
    );
    t.equal(backend.received.length, 201);
    t.equal((await ready(stage)).status, 200);

    const foreign = await makeKey('first');
    const forged = compact({ alg: 'RS256', kid: 'first' }, { sub: 'x' }, foreign.rs256);
    const got = await call('listEvents', {}, { headers: bearer(forged) });
    t.equal(got.status, 401, 'a forged token is no outage');
    const unknown = await issuer.token({}, { kid: 'brand-new' });
    for (let i = 0; i < 5; i += 1) {
      const answer = await call('listEvents', {}, { headers: bearer(unknown) });
      t.equal(answer.status, 503, 'a key that may be new is no reason for a login');
      t.match(parsed(answer), { error: 'keys_unavailable' });
    }
    t.equal((await callAs(stage, 'last')).status, 200);
    const lines = gateway.lines.filter(({ code }) => code === 'keys_unavailable');
    t.equal(lines.length, 5);
    t.ok(
      lines.every(
        ({ level, granted, status }) => level === 'error' && granted === false && status === 503,
      ),
    );
    t.equal(backend.received.length, 202);
  },
);

t.test(
  'the tenant hangs: known keys do not wait for it, unknown ones wait no longer than its deadline',
  { buffered: true },
  async (t) => {
    const stage = await setStage(t, { env });
    const { issuer, call } = stage;
    t.equal((await callAs(stage, 'first')).status, 200);
    issuer.hanging = true;
    const unknown = await issuer.token({}, { kid: 'brand-new' });
    const waiting = Array.from({ length: 50 }, () =>
      call('listEvents', {}, { headers: bearer(unknown) }),
    );
    let gaveUp = false;
    void Promise.race(waiting).then(() => {
      gaveUp = true;
    });
    const known = ['a', 'b', 'c', 'd', 'e'].map((sub) => callAs(stage, sub));
    for (const { status } of await Promise.all(known)) t.equal(status, 200);
    t.notOk(gaveUp, 'long before the fetch gives up');
    const answers = await Promise.all(waiting);
    t.ok(
      answers.every(({ status }) => status === 503),
      'an answer for everybody, and never a 401',
    );
  },
);

t.test(
  'the tenant changes its key: a new token is believed at once, an old one as long as it is published',
  { buffered: true },
  async (t) => {
    const stage = await setStage(t, { env });
    const { issuer, call, backend } = stage;
    const first = bearer(await issuer.token());
    t.equal((await call('listEvents', {}, { headers: first })).status, 200);
    const next = await makeKey('next');
    const iat = nowSeconds();
    const claims = {
      iss: issuer.issuer,
      aud: 'https://gateway.example.com/mcp',
      iat,
      exp: iat + 600,
      scope: 'events:read',
    };
    const signed = (sub: string) =>
      call(
        'listEvents',
        {},
        { headers: bearer(compact({ alg: 'RS256', kid: 'next' }, { ...claims, sub }, next.rs256)) },
      );

    issuer.documents.set('/.well-known/jwks.json', {
      keys: [...Object(issuer.jwks).keys, next.jwk],
    });
    const both = await Promise.all([
      ...Array.from({ length: 40 }, (_, i) => signed(`new-${i}`)),
      ...Array.from({ length: 40 }, (_, i) => callAs(stage, `old-${i}`)),
    ]);
    t.ok(
      both.every(({ status }) => status === 200),
      'rotation refuses nobody',
    );

    issuer.documents.set('/.well-known/jwks.json', { keys: [next.jwk] });
    const unknown = bearer(await issuer.token({}, { kid: 'makes it look' }));
    t.equal((await call('listEvents', {}, { headers: unknown })).status, 401);
    const before = backend.received.length;
    const old = await call('listEvents', {}, { headers: first });
    t.match(
      parsed(old),
      { error: 'invalid_token', reason: 'unknown_key' },
      'withdrawn is withdrawn, cached or not',
    );
    t.equal(backend.received.length, before);
    t.equal((await signed('again')).status, 200);
  },
);
