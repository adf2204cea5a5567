import t, { type Test } from 'tap';
import { writeLog } from '../../../../examples/tenant/logs.ts';
import { emptyState, type LogStream, type State } from '../../../../examples/tenant/state.ts';
import { type Delivery, startDelivery } from '../../../../examples/tenant/stream/deliver.ts';
import type { Pace } from '../../../../examples/tenant/stream/post.ts';
import { holdTimers } from '../../../fixtures/clocks.ts';
import { openReceiver, type Receiver, type Reply } from '../receiver.ts';

const pace: Pace = {
  attempts: 3,
  backoff: 1,
  longestRetryAfter: 5,
  timeout: 20_000,
  later: 60_000,
};

interface Setup {
  state: State;
  stream: LogStream;
  delivery: Delivery;
  receiver: Receiver;
  /** Writes a record of that type (synthetic). */
  add: (type?: string) => void;
}

async function setUp(
  t: Test,
  options: {
    reply?: (n: number) => Reply | 'never';
    sink?: Partial<LogStream['sink']>;
    pace?: Partial<Pace>;
  } = {},
): Promise<Setup> {
  const receiver = await openReceiver(t, options.reply);
  const state = emptyState();
  const stream: LogStream = {
    id: 'lst_1',
    name: 'Hook',
    type: 'http',
    status: 'active',
    sink: {
      httpEndpoint: receiver.url,
      httpContentFormat: 'JSONLINES',
      httpContentType: 'application/json',
      ...options.sink,
    },
  };
  state.logStreams.set(stream.id, stream);
  const delivery = startDelivery(state, { ...pace, ...options.pace });
  t.teardown(delivery.close);
  const rest = { client_id: '', client_name: '', ip: '127.0.0.1', user_agent: '' };
  const add = (type = 's') => {
    writeLog(state, { type, description: `A record of type ${type}`, ...rest });
  };
  return { state, stream, delivery, receiver, add };
}

/** The types of the records of one JSON lines body. */
const typesOf = (body = ''): string[] =>
  body.split('\n').map((line) => (JSON.parse(line) as { data: { type: string } }).data.type);

t.test('records written together travel together, one a line, inside their envelope', async (t) => {
  const { state, delivery, receiver, add } = await setUp(t);
  add('s');
  add('sapi');
  await delivery.delivered();
  t.equal(receiver.posts.length, 1);
  const lines = String(receiver.posts[0]?.body).split('\n');
  t.same(
    lines.map((line) => JSON.parse(line)),
    state.logs.map((data) => ({ log_id: data.log_id, data })),
  );
});

t.test('as one array', async (t) => {
  const sink = { httpContentFormat: 'JSONARRAY' as const };
  const { delivery, receiver, add } = await setUp(t, { sink });
  add('s');
  add('f');
  await delivery.delivered();
  t.match(JSON.parse(String(receiver.posts[0]?.body)), [
    { data: { type: 's' } },
    { data: { type: 'f' } },
  ]);
});

t.test('as one object a post', async (t) => {
  const sink = { httpContentFormat: 'JSONOBJECT' as const };
  const { delivery, receiver, add } = await setUp(t, { sink });
  add('s');
  add('f');
  await delivery.delivered();
  t.same(
    receiver.posts.flatMap(({ body }) => typesOf(body)),
    ['s', 'f'],
  );
  t.equal(receiver.posts.length, 2);
});

t.test('headers are sent as the operator typed them', async (t) => {
  const sink = {
    httpAuthorization: 'just a secret',
    httpContentType: 'text/plain',
    httpCustomHeaders: [{ header: 'x-custom', value: '1' }],
  };
  const { delivery, receiver, add } = await setUp(t, { sink });
  add();
  await delivery.delivered();
  t.match(receiver.posts[0]?.headers, {
    authorization: 'just a secret',
    'content-type': 'text/plain',
    'x-custom': '1',
  });
  const bare = await setUp(t);
  bare.add();
  await bare.delivery.delivered();
  t.equal(bare.receiver.posts[0]?.headers.authorization, undefined);
});

t.test('three attempts, then with the next record', async (t) => {
  const { delivery, receiver, add } = await setUp(t, {
    reply: (n) => ({ status: n <= 3 ? 503 : 204 }),
  });
  add('s');
  await delivery.delivered();
  t.equal(receiver.posts.length, 3, 'given up');
  add('f');
  await delivery.delivered();
  t.same(typesOf(receiver.posts[3]?.body), ['s', 'f'], 'kept and sent with the next');
  t.equal(receiver.posts.length, 4);
});

t.test('given up records are tried again by themselves', async (t) => {
  const { receiver, add } = await setUp(t, {
    reply: (n) => ({ status: n <= 3 ? 500 : 200 }),
    pace: { later: 5 },
  });
  add('s');
  await receiver.arrived(4);
  t.same(typesOf(receiver.posts[3]?.body), ['s']);
});

t.test('a retry-after is honoured up to a limit', async (t) => {
  const { delivery, receiver, add } = await setUp(t, {
    reply: (n) => (n === 1 ? { status: 503, headers: { 'retry-after': '3600' } } : { status: 200 }),
    pace: { backoff: 60_000 },
  });
  add();
  await delivery.delivered();
  t.equal(receiver.posts.length, 2);
});

t.test('a redirect is no delivery', async (t) => {
  const { delivery, receiver, add } = await setUp(t, {
    reply: () => ({ status: 307, headers: { location: '/elsewhere' } }),
  });
  add();
  await delivery.delivered();
  t.equal(receiver.posts.length, 3);
});

t.test('a receiver that never answers counts as a failure', async (t) => {
  const { delivery, receiver, add } = await setUp(t, {
    reply: (n) => (n === 1 ? 'never' : { status: 200 }),
    pace: { timeout: 100_000 },
  });
  const deadlines = holdTimers(t, 100_000);
  add();
  await receiver.arrived(1);
  for (const deadline of deadlines()) deadline.end();
  await delivery.delivered();
  t.equal(receiver.posts.length, 2);
});

t.test('closing does not wait for the receiver', async (t) => {
  const hanging = await setUp(t, { reply: () => 'never' });
  hanging.add();
  await hanging.receiver.arrived(1);
  await hanging.delivery.close();
  t.equal(hanging.receiver.posts.length, 1);

  const pausing = await setUp(t, { reply: () => ({ status: 500 }), pace: { backoff: 60_000 } });
  pausing.add();
  await pausing.receiver.arrived(1);
  await pausing.delivery.close();
  pausing.add();
  await pausing.delivery.delivered();
  t.equal(pausing.receiver.posts.length, 1);
});

t.test('only active streams, and only what they filter for', async (t) => {
  const { state, stream, delivery, receiver, add } = await setUp(t);
  stream.status = 'paused';
  add();
  await delivery.delivered();
  t.equal(receiver.posts.length, 0);

  stream.status = 'active';
  stream.filters = [{ type: 'category', name: 'management.success' }];
  add('s');
  add('xyz');
  add('sapi');
  await delivery.delivered();
  t.same(typesOf(receiver.posts[0]?.body), ['sapi']);

  add('sapi');
  state.logStreams.delete(stream.id);
  await delivery.delivered();
  t.equal(receiver.posts.length, 1, 'a stream that is gone gets nothing');
});

t.test('disturbed on request', async (t) => {
  const { state, delivery, receiver, add } = await setUp(t);
  const { delivery: faults } = state.faults;
  const sent = async () => {
    const before = receiver.posts.length;
    add('f');
    add('w');
    await delivery.delivered();
    return receiver.posts.slice(before).flatMap(({ body }) => typesOf(body));
  };
  faults.duplicate = true;
  t.same(await sent(), ['f', 'w', 'f', 'w']);
  faults.duplicate = false;
  faults.reorder = true;
  t.same(await sent(), ['w', 'f']);
  faults.reorder = false;
  faults.noise = 5;
  t.same(await sent(), ['s', 'seacft', 'fp', 'sapi', 's', 'f', 'w']);
  t.match(receiver.posts.at(-1)?.body, '"path":"/api/v2/clients"');
  faults.noise = 0;
  faults.drop = true;
  t.same(await sent(), []);
  faults.drop = false;
  t.same(await sent(), ['f', 'w'], 'what was dropped never comes');
});

t.test('the last records once more', async (t) => {
  const { delivery, receiver, add } = await setUp(t);
  for (const type of ['s', 'f', 'sapi']) add(type);
  await delivery.delivered();
  delivery.redeliver(2);
  await delivery.delivered();
  t.same(typesOf(receiver.posts[1]?.body), ['f', 'sapi']);
});
