import t from 'tap';
import { deliver } from '../../src/clients/deliver.ts';
import { type Json, registration, wrapped } from './records.ts';
import { rig } from './rig.ts';

const size = 16 * 1024 * 1024;

/** A login as an application has thousands of, about 1 KB. */
const other = (n: number): Json => ({
  log_id: `901${n}`,
  data: {
    date: '2026-11-01T02:06:06.888Z',
    type: n % 2 ? 's' : 'sapi',
    description: n % 2 ? 'Successful login' : 'Update a client',
    client_id: 'application',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64) "quoted" \\ [and], {more}',
    log_id: `901${n}`,
    details: { prompts: [], request: { method: 'patch', path: '/api/v2/x' }, pad: 'x'.repeat(600) },
  },
});

/** Milliseconds of processor time the main thread has had: what others took is not its. */
function busyMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/**
 * Milliseconds of work while `work` was under way, in all and of the longest time in which nothing
 * else could run.
 */
async function longestTurn(work: Promise<void>) {
  const start = busyMs();
  let [longest, turns, running] = [0, 0, true];
  const done = work.finally(() => {
    running = false;
  });
  for (let since = start; running; turns += 1) {
    await new Promise(setImmediate);
    const now = busyMs();
    longest = Math.max(longest, now - since);
    since = now;
  }
  await done;
  return { longest, turns, all: busyMs() - start };
}

for (const form of ['lines', 'array'] as const) {
  t.test(`16 MiB of other events do not stop the calls (${form})`, async (t) => {
    const { clients, register, counted } = await rig(t);
    const ids = [(await register()).client_id, (await register()).client_id];
    const [first, last] = ids.map((clientId, n) =>
      JSON.stringify(wrapped(registration({ clientId, logId: `900${n}` }))),
    );
    const parts = [String(first)];
    for (let length = 0; length < size - 2000; length += String(parts.at(-1)).length + 1) {
      parts.push(JSON.stringify(other(parts.length)));
    }
    parts.push(String(last));
    const body = form === 'lines' ? parts.join('\n') : `[${parts.join(',')}]`;
    t.ok(body.length > size - 4000 && body.length <= size, `${body.length} bytes`);

    // The SDK is loaded already, as it is after the first sweep.
    await clients.list();
    const { tally, done } = deliver(clients, body);
    const { longest, turns, all } = await longestTurn(done);
    t.comment(`${Math.round(all)} ms, longest turn ${Math.round(longest)} ms`);
    t.match(tally, { received: parts.length, recognised: 2, promoted: 2, broken: 0, pending: 0 });
    t.equal(counted[0], `delivery ${parts.length} 0`);
    t.ok(turns > 5, `${turns} turns`);
    t.ok(longest < 250, `${longest} ms`);
    t.ok(longest < all / 2, `${longest} of ${all} ms`);
  });
}
