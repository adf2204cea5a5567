import { setTimeout as after } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type ExchangeEnd, ExchangeError } from '../../src/calls/answer.ts';
import { type BreakerState, createBreaker } from '../../src/calls/breaker.ts';
import { Refusal } from '../../src/errors.ts';
import { stopClocks } from '../fixtures/clocks.ts';

const answered = async (): Promise<string> => 'answered';
const ends = (how: ExchangeEnd) => async (): Promise<never> => {
  throw new ExchangeError(how, false);
};
const endOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => 'answered',
    (error: unknown) => Object(error).end,
  );
const unavailable = { code: 'upstream_unavailable', status: 503 };

const open = (failures: number, seconds = 3600) => {
  const seen: BreakerState[] = [];
  const breaker = createBreaker({ failures, seconds }, (state) => seen.push(state));
  const fail = async (how: ExchangeEnd, times: number): Promise<void> => {
    for (let i = 0; i < times; i += 1) t.equal(await endOf(breaker.run(ends(how))), how);
  };
  return { breaker, seen, fail };
};

for (const how of ['failed', 'timeout'] as const)
  t.test(`it opens on consecutive exchanges that ended with: ${how}`, async (t) => {
    const { breaker, seen, fail } = open(3);
    await fail(how, 2);
    t.equal(await breaker.run(answered), 'answered', 'an answer begins the count anew');
    await fail(how, 2);
    t.equal(breaker.state(), 'closed');
    await fail(how, 1);
    t.equal(breaker.state(), 'open');
    t.same(seen, ['open']);
    let asked = 0;
    const refused = breaker.run(async () => {
      asked += 1;
    });
    await t.rejects(refused, unavailable);
    t.equal(asked, 0, 'the backend is spared');
  });

t.test('what proves nothing about the backend neither opens nor counts', async (t) => {
  const { breaker, fail } = open(2);
  for (const how of ['aborted', 'redirected', 'answer_too_large', 'encoded_answer'] as const)
    await fail(how, 3);
  await t.rejects(
    breaker.run(() => Promise.reject(new Refusal('upstream_failed'))),
    Refusal,
  );
  await fail('failed', 1);
  t.equal(breaker.state(), 'closed');
});

t.test('it says when to come again', async (t) => {
  const pass = stopClocks(t);
  const { breaker, fail } = open(1, 40);
  await fail('failed', 1);
  for (const left of [40, 39, 38]) {
    const refusal = await breaker.run(answered).catch((error: Refusal) => error);
    t.match(refusal, { ...unavailable, detail: { retryAfter: left } });
    pass(1000);
  }
});

/** Half open: the pause is over and one call probes. */
async function probing(t: Test, probe: () => Promise<unknown>) {
  const pass = stopClocks(t);
  const { breaker, seen, fail } = open(1, 10);
  await fail('failed', 1);
  pass(10_000);
  const probed = breaker.run(probe);
  t.equal(breaker.state(), 'half_open');
  await t.rejects(breaker.run(answered), unavailable, 'one probe at a time; others need not wait');
  return { breaker, seen, probed };
}

t.test('it closes by itself when a probe is answered', async (t) => {
  const { breaker, seen, probed } = await probing(t, () => after(5));
  await probed;
  t.equal(breaker.state(), 'closed');
  t.same(seen, ['open', 'half_open', 'closed']);
  t.equal(await breaker.run(answered), 'answered');
});

for (const how of ['failed', 'timeout', 'aborted'] as const)
  t.test(`it stays open when the probe ends with: ${how}`, async (t) => {
    const { breaker, probed } = await probing(t, () => after(5).then(ends(how)));
    t.equal(await endOf(probed), how);
    t.equal(breaker.state(), 'open');
  });

t.test('an answer that cannot be used is a sign of life', async (t) => {
  const { breaker, probed } = await probing(t, () => after(5).then(ends('redirected')));
  t.equal(await endOf(probed), 'redirected');
  t.equal(breaker.state(), 'closed');
});

t.test('0 failures = never', async (t) => {
  const { breaker, fail } = open(0);
  await fail('failed', 50);
  t.equal(await breaker.run(answered), 'answered');
  t.equal(breaker.state(), 'closed');
});
