import t, { type Test } from 'tap';
import { type KeyServer, startKeyServer } from '../fixtures/key-server.ts';
import { makeKey, type SigningKey } from '../fixtures/keys.ts';
import { token } from '../fixtures/tokens.ts';
import { audience, nowSeconds } from '../issuer.ts';
import { bearer, type Got, parsed } from '../send.ts';
import { type Stage, setStage } from '../stage.ts';

const old = await makeKey('old');
const next = await makeKey('next');

interface Load {
  readonly stage: Stage;
  readonly server: KeyServer;
  /** A token nobody has seen yet. */
  fresh(key: SigningKey): string;
  /** Calls with tokens of this key, several at once, until `done`; one token in three is known. */
  press(key: SigningKey, done: () => boolean): Promise<Got[]>;
}

/** A gateway whose tenant publishes the old key, with no limit and a long memory of tokens. */
async function open(t: Test): Promise<Load> {
  const server = await startKeyServer(t, old);
  const iss = `${new URL(server.url).origin}/`;
  const env = { OAUTH_ISSUER: iss, RATE_LIMIT_PER_MINUTE: '0' };
  const stage = await setStage(t, { env });
  let made = 0;
  const fresh = (key: SigningKey): string => {
    made += 1;
    return token(key, { iss, aud: audience, jti: made, exp: nowSeconds() + 3600 });
  };
  const call = (text: string) => stage.call('listEvents', {}, { headers: bearer(text) });
  const press: Load['press'] = async (key, done) => {
    const known = fresh(key);
    const got: Got[] = [];
    const one = async (): Promise<void> => {
      for (let i = 0; !done() || i < 3; i += 1) got.push(await call(i % 3 ? fresh(key) : known));
    };
    await Promise.all(Array.from({ length: 4 }, one));
    return got;
  };
  return { stage, server, fresh, press };
}

const refusedOf = (answers: readonly Got[]): unknown[] =>
  answers.filter(({ status }) => status !== 200).map(parsed);

t.test('a rotation with both keys published refuses nobody under load', async (t) => {
  const { server, press, stage } = await open(t);
  let done = false;
  const olds = press(old, () => done);
  await press(old, () => true);
  const before = server.fetches();
  server.publish(old, next);
  const news = await press(next, () => true);
  done = true;
  const answers = [...(await olds), ...news];
  t.same(refusedOf(answers), []);
  t.equal(stage.backend.received.length, answers.length + 12, 'every call arrived once');
  t.equal(server.fetches() - before, 1, 'and cost the tenant one read');
});

t.test('a hard rotation: the new key is good at once, the old one is over', async (t) => {
  const { server, press, stage, fresh } = await open(t);
  const cached = fresh(old);
  const callWith = (text: string) => stage.call('listEvents', {}, { headers: bearer(text) });
  t.equal((await callWith(cached)).status, 200);
  let done = false;
  const olds = press(old, () => done);
  await press(old, () => true);
  server.publish(next);
  const news = await press(next, () => true);
  t.same(refusedOf(news), [], 'nobody who has a new token is refused');

  const unknown = { error: 'invalid_token', reason: 'unknown_key' };
  for (const text of [cached, fresh(old)]) {
    const got = await callWith(text);
    t.equal(got.status, 401, 'no token of the withdrawn key is remembered');
    t.match(parsed(got), unknown);
  }
  done = true;
  for (const body of refusedOf(await olds)) t.match(body, unknown, 'a login cures it');
  t.match(
    await press(next, () => true),
    Array.from({ length: 12 }, () => ({ status: 200 })),
  );
});

t.test('a token judged while its key is withdrawn is not remembered', async (t) => {
  const { server, stage, fresh } = await open(t);
  const callWith = (text: string) => stage.call('listEvents', {}, { headers: bearer(text) });
  t.equal((await callWith(fresh(old))).status, 200);
  server.publish(next);
  const texts = Array.from({ length: 40 }, () => fresh(old));
  // All at once: some are verified before the new keys are in, and end after it.
  await Promise.all([...texts, fresh(next), ...texts].map(callWith));
  for (const text of texts) t.equal((await callWith(text)).status, 401);
});
