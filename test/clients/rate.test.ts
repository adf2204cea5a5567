import t, { type Test } from 'tap';
import type { Client } from '../../examples/tenant/state.ts';
import { eventOf, type Rig, rig } from './rig.ts';
import { type Streamed, streamed } from './stream.ts';
import { count, type Seen, watchApi } from './watch.ts';

/** Limits as Auth0 has them, and a webhook that may wait. */
const patience = { timeout: 10_000, longestPause: 2000 };

/** Requests a second; CLIENTS_RATE=2 is the smallest plan and takes minutes. */
const rate = Number(process.env['CLIENTS_RATE'] ?? 40);
if (rate < 40) t.setTimeout(600_000);

/** Registrations the log tells of all at once, from the returned time on. */
async function registerMany(
  { register, tenant }: Rig,
  number: number,
): Promise<{ clients: Client[]; start: number }> {
  const { delivery } = tenant.state.faults;
  delivery.drop = true;
  const clients = await Promise.all(Array.from({ length: number }, () => register()));
  await tenant.delivered();
  delivery.drop = false;
  tenant.redeliver(number);
  return { clients, start: performance.now() };
}

const promoted = (clients: readonly Client[]): number =>
  clients.filter(({ client_metadata: metadata }) => metadata?.['gateway_recipe']).length;

/** Resolves when every record of the stream was taken. */
async function drained({ tenant }: Streamed, clients: readonly Client[]): Promise<void> {
  while (promoted(clients) < clients.length) {
    await tenant.delivered();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await tenant.delivered();
}

/** Times the limit was hit, and whether twice in a row. */
function hits(seen: readonly Seen[]): { once: number; twice: boolean } {
  const statuses = seen.map(({ status }) => status);
  const once = statuses.filter((status) => status === 429).length;
  return { once, twice: /429,429/.test(statuses.join()) };
}

/** Seconds that so many requests take at the least, when `rate` of them may go at once. */
const least = (seen: readonly Seen[], rate: number): number => (seen.length - rate) / rate;

for (const [mode, number, each] of [
  ['strict', 100, 2],
  ['permissive', 50, 3],
] as const) {
  t.test(`${number} registrations in a ${mode} tenant, at the rate it allows`, async (t) => {
    const all = await streamed(t, { mode, patience });
    const { tenant, api, answers } = all;
    await api.listClients();
    tenant.state.faults.rateLimitPerSecond = rate;
    const seen = watchApi(t, tenant);
    const { clients, start } = await registerMany(all, number);
    await drained(all, clients);
    const seconds = (performance.now() - start) / 1000;
    const minimum = least(seen, rate);
    const { once, twice } = hits(seen);
    t.comment(`${seen.length} requests, ${once} refused`, count(seen));
    t.comment(`${seconds.toFixed(2)} s, at the least ${minimum.toFixed(2)} s`);
    t.equal(promoted(clients), number);
    t.notOk(twice, 'the limit is never hit twice in a row');
    t.ok(seen.length <= number * each + 10, 'requests per client');
    t.ok(seconds < minimum * 1.3, `${seconds} s`);
    t.equal(answers.includes(503), seconds > 10, 'later only where a delivery takes too long');
  });
}

t.test('a burst of registrations drains delivery by delivery', async (t) => {
  const all = await streamed(t, { patience, deadline: 250 });
  const { tenant, api, answers, counted } = all;
  const number = 200;
  await api.listClients();
  tenant.state.faults.rateLimitPerSecond = 150;
  const seen = watchApi(t, tenant);
  const { clients, start } = await registerMany(all, number);
  await drained(all, clients);
  const seconds = (performance.now() - start) / 1000;
  const later = answers.filter((status) => status === 503).length;
  t.comment(`${seen.length} requests, ${seconds.toFixed(2)} s, ${later} answers of 503`);
  t.equal(promoted(clients), number);
  t.equal(counted.filter((each) => each === 'promote promoted').length, number, 'each once');
  t.notOk(hits(seen).twice);
  t.ok(later > 0, 'longer than one delivery may take');
  t.ok(later <= (seconds * 1000) / 250 + 1, 'no more refusals than deadlines went by');
  t.ok(seen.length <= number * 2.2 + 30, 'what a delivery did is not done again');
});

const requests: [mode: 'strict' | 'permissive', first: object, next: object][] = [
  [
    'strict',
    {
      'GET /clients/:id': 1,
      'GET /connections': 1,
      'PATCH /connections/:id': 1,
      'POST /client-grants': 1,
      'PATCH /clients/:id': 1,
    },
    { 'GET /clients/:id': 1, 'POST /client-grants': 1, 'PATCH /clients/:id': 1 },
  ],
  [
    'permissive',
    {
      'GET /clients/:id': 1,
      'PATCH /clients/:id': 1,
      'GET /connections': 1,
      'PATCH /connections/:id/clients': 1,
      'GET /clients/:id/connections': 1,
    },
    {
      'GET /clients/:id': 1,
      'PATCH /clients/:id': 1,
      'PATCH /connections/:id/clients': 1,
      'GET /clients/:id/connections': 1,
    },
  ],
];

async function told({ clients, register }: Rig): Promise<void> {
  const event = eventOf(await register());
  const { outcome } = await clients.fromEvent(event, clients.lookups(false));
  if (outcome.outcome !== 'promoted') throw new Error(outcome.code);
}

function reset(t: Test, seen: Seen[], wanted: object, name: string): void {
  t.strictSame(count(seen), wanted, name);
  seen.length = 0;
}

for (const [mode, first, next] of requests) {
  t.test(`the requests a single client costs in a ${mode} tenant`, async (t) => {
    const all = await rig(t, { mode });
    const seen = watchApi(t, all.tenant);
    await told(all);
    reset(t, seen, first, 'the first');
    await told(all);
    reset(t, seen, next, 'the next');
  });
}
