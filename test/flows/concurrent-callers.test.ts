import { hash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Pool } from 'undici';
import { type Answered, type Call, make } from '../official-clients/crowd.ts';
import type { AnswerWith, Received } from '../recorder.ts';
import { setStage } from '../stage.ts';

const callers = 100;
const callsEach = 10;
const steps = [1, 2, 3];

const tools = [
  { name: 'atOnce', public: true, scopes: [] },
  { name: 'bySteps', scopes: ['events:read'] },
];

/** Who called, as the backend was told, and with what. */
const seen = ({ headers, body }: Received) => ({
  subject: String(headers['x-user-id'] ?? 'nobody'),
  input: JSON.parse(body),
});

type Said = ReturnType<typeof seen>;

const report = (said: Said, progress: number) => ({ progress, message: JSON.stringify(said) });

/** Calls the backend has begun and not ended. */
const underWay = { now: 0, most: 0 };

/** Answers late: as varied as the calls, in pieces that end anywhere, and reports each step where there are steps. */
const answer: AnswerWith = async (response, received) => {
  underWay.now += 1;
  underWay.most = Math.max(underWay.most, underWay.now);
  const said = seen(received);
  const stepped = received.path.endsWith('/bySteps');
  const type = stepped ? 'application/x-ndjson' : 'application/json';
  response.setHeader('content-type', type);
  const lines = [...(stepped ? steps.map((step) => report(said, step)) : []), said];
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const [turns = 0, pieces = 0] = hash('sha256', JSON.stringify(said), 'buffer');
  const piece = Math.ceil(text.length / (1 + (pieces % 4)));
  for (let from = 0; from < text.length; from += piece) {
    for (let left = turns % 32; left > 0; left -= 1) await turn();
    response.write(text.slice(from, from + piece));
  }
  response.end();
  underWay.now -= 1;
};

/** The n-th call of a caller: all mixtures of era, tool and progress, with the ids of every other caller. */
const callOf = (token: string | undefined, n: number): Call => ({
  token,
  era: n % 2 === 0 ? 'legacy' : 'modern',
  tool: token === undefined || n % 3 === 0 ? 'atOnce' : 'bySteps',
  input: { n },
  id: n % 4 < 2 ? n : `call ${n}`,
  progress: n % 5 > 1,
});

/** What an answer says of whose it is. */
const told = ({ status, type, messages }: Answered) => {
  const streamed = type.startsWith('text/event-stream');
  return { status, streamed, messages: messages.map(essence) };
};

function essence(message: unknown): object {
  const { id, method, params, result } = Object(message);
  return id === undefined ? { method, params } : { id, said: result?.structuredContent };
}

/** What this very call must be told. */
function expected(subject: string, { tool, input, id, progress }: Call) {
  const said = { subject, input };
  const streamed = progress && tool === 'bySteps';
  const reports = (streamed ? steps : []).map((step) => ({
    method: 'notifications/progress',
    params: { progressToken: id, ...report(said, step) },
  }));
  return { status: 200, streamed, messages: [...reports, { id, said }] };
}

t.test('a hundred callers over a few connections never see one another’s answers', async (t) => {
  const env = { RATE_LIMIT_PER_MINUTE: '0' };
  const { gateway, issuer } = await setStage(t, { tools, answer, env });
  // Pipelined: each connection carries the calls of several callers at once.
  const pool = new Pool(gateway.url, { connections: 12, pipelining: 4 });
  t.teardown(() => pool.destroy());
  const subjects = Array.from({ length: callers }, (_, n) => `auth0|caller-${n}`);
  const people = await Promise.all(
    subjects.map(async (sub) => ({ subject: sub, token: await issuer.token({ sub }) })),
  );
  const crowd = [...people, { subject: 'nobody', token: undefined }];
  const rounds = Array.from({ length: callsEach }, (_, n) =>
    crowd.map(async ({ subject, token }) => {
      const call = callOf(token, n);
      return { subject, got: told(await make(pool, call)), wanted: expected(subject, call) };
    }),
  );
  const all = await Promise.all(rounds.flat());
  for (const { subject } of crowd) {
    const own = all.filter((one) => one.subject === subject);
    t.same(
      own.map(({ got }) => got),
      own.map(({ wanted }) => wanted),
      subject,
    );
  }
  t.ok(underWay.most > 12, 'more calls at once than connections');
});
