import t from 'tap';
import { type Budget, createBudget } from '../../src/clients/budget.ts';
import { playTime } from '../fixtures/clocks.ts';

const { now, sleep, until } = playTime(t);

interface Wall {
  /** Statuses in the order they were answered. */
  readonly answers: number[];
  send(): Promise<Response>;
  /** Somebody else takes so many. */
  take(count: number): void;
}

/** A tenant's limit: `burst` at once, `rate` a second, told in whole numbers like Auth0's. */
function wall(rate: number, burst: number, latency = 1): Wall {
  let tokens = burst;
  let at = now();
  const answers: number[] = [];
  function take(count: number): boolean {
    tokens = Math.min(burst, tokens + ((now() - at) / 1000) * rate);
    at = now();
    if (tokens < count) return false;
    tokens -= count;
    return true;
  }
  return {
    answers,
    take,
    async send() {
      await sleep(latency);
      const status = take(1) ? 200 : 429;
      answers.push(status);
      const headers = {
        'x-ratelimit-limit': String(burst),
        'x-ratelimit-remaining': String(Math.floor(tokens)),
        'x-ratelimit-reset': String(Math.ceil(now() / 1000)),
      };
      return new Response(null, { status, headers });
    },
  };
}

/** Sends until so many were granted; the seconds it took. */
async function drain(budget: Budget, { send }: Wall, count: number): Promise<number> {
  const start = now();
  async function one(): Promise<void> {
    const { status } = await budget.spend(send);
    if (status === 429) await one();
  }
  await until(Promise.all(Array.from({ length: count }, one)));
  return (now() - start) / 1000;
}

const twice = /429,429/;

t.test('a burst as large as the rate: never refused, and no time lost', async (t) => {
  const tenant = wall(100, 100);
  const seconds = await drain(createBudget(2000, now), tenant, 250);
  t.notOk(tenant.answers.includes(429));
  t.ok(seconds < 1.5 * 1.3, `${seconds} s for 150 beyond the burst`);
});

t.test('refused before a rate could be measured: the guess shrinks', async (t) => {
  let clock = 1_000_000;
  const budget = createBudget(50, () => clock);
  const answer = (status: number, left: number) => async () => {
    const told = { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': String(left) };
    return new Response(null, { status, headers: told });
  };
  await budget.spend(answer(200, 9));
  clock += 100;
  t.equal((await budget.spend(answer(429, 0))).status, 429);
  clock += 50;
  t.equal((await budget.spend(answer(200, 5))).status, 200, 'and goes on when the wait is over');
});

t.test('refused after a second: what went in it is the rate', async (t) => {
  let clock = 1_000_000;
  const budget = createBudget(50, () => clock);
  const answer = (status: number, left: number) => async () => {
    const told = { 'x-ratelimit-limit': '3', 'x-ratelimit-remaining': String(left) };
    return new Response(null, { status, headers: told });
  };
  for (const left of [2, 1, 0]) {
    await budget.spend(answer(200, left));
    clock += 500;
  }
  await budget.spend(answer(200, 0));
  clock += 1000;
  t.equal((await budget.spend(answer(429, 0))).status, 429);
  clock += 50;
  t.equal((await budget.spend(answer(200, 1))).status, 200);
});

t.test('the first request goes alone: it tells the limit', async (t) => {
  const tenant = wall(2, 2, 20);
  const budget = createBudget(2000, now);
  const three = [budget.spend(tenant.send), budget.spend(tenant.send), budget.spend(tenant.send)];
  await until(Promise.race(three));
  t.equal(tenant.answers.length, 1);
  await until(Promise.all(three));
  t.strictSame(tenant.answers, [200, 200, 200]);
});

t.test(
  'a rate that is lower than the burst is measured; never refused twice in a row',
  async (t) => {
    const tenant = wall(64, 200);
    const seconds = await drain(createBudget(100, now), tenant, 328);
    t.notMatch(tenant.answers.join(), twice);
    t.ok(tenant.answers.filter((each) => each === 429).length < 8, tenant.answers.join());
    t.ok(seconds < 4, `${seconds} s for 128 beyond the burst`);
  },
);

t.test('others take their share: what is left is believed', async (t) => {
  const tenant = wall(50, 50);
  const budget = createBudget(100, now);
  await until(budget.spend(tenant.send));
  tenant.take(48);
  await until(budget.spend(tenant.send));
  const before = tenant.answers.length;
  await drain(budget, tenant, 10);
  t.notMatch(tenant.answers.slice(before).join(), twice);
  t.ok(tenant.answers.filter((each) => each === 429).length <= 1);
});

t.test('after a refusal nothing goes until the reset, and then one alone', async (t) => {
  const budget = createBudget(50, now);
  const headers = (remaining: number) => ({
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(now() / 1000 + 1),
  });
  const answer = (status: number, remaining: number) =>
    new Response(null, { status, headers: headers(remaining) });
  await budget.spend(async () => answer(200, 1));
  await budget.spend(async () => answer(429, 0));
  const sent: string[] = [];
  const end = Promise.withResolvers<Response>();
  const first = budget.spend(() => {
    sent.push('first');
    return end.promise;
  });
  const second = budget.spend(async () => {
    sent.push('second');
    return answer(200, 9);
  });
  await until(sleep(49));
  t.strictSame(sent, [], 'not yet');
  await until(sleep(2000));
  t.strictSame(sent, ['first'], 'alone');
  end.resolve(answer(200, 10));
  await Promise.all([first, second]);
  t.strictSame(sent, ['first', 'second']);
});

t.test('slower after each refusal, and faster again with each minute without', async (t) => {
  const budget = createBudget(1, now);
  const answer = (status: number, remaining = 0) => {
    const headers = { 'x-ratelimit-limit': '50', 'x-ratelimit-remaining': String(remaining) };
    return until(budget.spend(async () => new Response(null, { status, headers })));
  };
  async function pause(): Promise<number> {
    await answer(200);
    const start = now();
    await answer(200);
    return now() - start;
  }
  for (let n = 0; n < 8; n += 1) await answer(429);
  t.ok((await pause()) > 300, 'three a second');
  for (let n = 0; n < 31; n += 1) {
    await until(sleep(60_000));
    await answer(200);
  }
  t.ok((await pause()) < 250, 'fifty a second');
});

t.test('answers without a limit take nothing of it', async (t) => {
  const budget = createBudget(2000, now);
  for (const status of [599, 503, 200]) {
    const spent = budget.spend(async () => new Response(null, { status }));
    t.equal((await until(spent)).status, status);
  }
  const tenant = wall(100, 100);
  await drain(budget, tenant, 5);
  await until(budget.spend(async () => new Response(null, { status: 599 })));
  t.notOk(tenant.answers.includes(429));
});
