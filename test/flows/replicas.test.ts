import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { addressOf, type GatewayProcess, spawnGateway } from '../gateway-process.ts';
import { audience, type Issuer, startIssuer } from '../issuer.ts';
import { type Received, startRecorder } from '../recorder.ts';
import { bearer, type Got, parsed, send } from '../send.ts';

t.jobs = 2;

interface Replicas {
  readonly issuer: Issuer;
  readonly gateways: readonly { process: GatewayProcess; url: string }[];
  /** Calls at the backend that are not answered yet. */
  readonly held: { response: ServerResponse; received: Received }[];
  /** Resolves once so many calls are at the backend. */
  arrived(count: number): Promise<void>;
  /** Answers every held call with the subject it came for. */
  release(): void;
}

/** Gateway processes in front of one backend, which answers when the test says so. */
async function start(t: Test, count: number): Promise<Replicas> {
  const issuer = await startIssuer(t);
  const events = new EventEmitter();
  const held: Replicas['held'] = [];
  const backend = await startRecorder(t, (response, received) => {
    held.push({ response, received });
    events.emit('held');
  });
  const env = {
    OAUTH_ISSUER: issuer.issuer,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: backend.url,
    TOOL_SCOPES_JSON: '{"listEvents":["events:read"]}',
    RATE_LIMIT_PER_MINUTE: '0',
    HOST: '127.0.0.1',
    PORT: '0',
  };
  const processes = Array.from({ length: count }, () => spawnGateway(t, env));
  const gateways = await Promise.all(
    processes.map(async (process) => ({ process, url: await addressOf(process) })),
  );
  return {
    issuer,
    gateways,
    held,
    async arrived(wanted) {
      while (held.length < wanted) await once(events, 'held');
    },
    release() {
      for (const { response, received } of held.splice(0)) {
        const body = JSON.stringify({ for: received.headers['x-user-id'] });
        response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      }
    },
  };
}

const rest = async (url: string, issuer: Issuer, sub: string): Promise<Got> =>
  send(`${url}/tools/listEvents`, { body: {}, headers: bearer(await issuer.token({ sub })) });

const overMcp = async (url: string, issuer: Issuer, sub: string): Promise<Got> => {
  const params = { name: 'listEvents', arguments: {} };
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
  return send(`${url}/mcp`, { body, headers: bearer(await issuer.token({ sub })) });
};

/** Whom an answer was made for, over either door. */
const whom = (got: Got): unknown => {
  const body = parsed(got) as { for?: string; result?: { structuredContent?: { for?: string } } };
  return body.for ?? body.result?.structuredContent?.for;
};

const people = (count: number): string[] => Array.from({ length: count }, (_, i) => `person-${i}`);

t.test(
  'SIGTERM loses no call in flight: both doors, a body half sent, a kept connection',
  { buffered: true },
  async (t) => {
    const { issuer, gateways, arrived, release } = await start(t, 1);
    const [gateway] = gateways;
    if (!gateway) return;
    const { process, url } = gateway;
    const subjects = people(30);
    const calls = subjects.map((sub, i) => (i % 2 === 0 ? rest : overMcp)(url, issuer, sub));
    await arrived(30);

    const slow = connect(Number(new URL(url).port), '127.0.0.1');
    const token = await issuer.token({ sub: 'slow' });
    const head = `POST /tools/listEvents HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n`;
    slow.write(`${head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{`);
    // Answered on another connection after the bytes above were: they are being read.
    await rest(url, issuer, '').then(({ status }) => t.equal(status, 401));

    process.child.kill('SIGTERM');
    await process.line('closing');
    const [late] = await once(connect(Number(new URL(url).port), '127.0.0.1'), 'error');
    t.match(late.code, /^ECONN(REFUSED|RESET)$/, 'nobody new comes in');
    slow.write('}');
    await arrived(31);
    let answer = '';
    slow.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    const over = once(slow, 'close');
    release();
    const answers = await Promise.all(calls);
    t.same(
      answers.map(({ status }) => status),
      Array(30).fill(200),
    );
    t.same(answers.map(whom), subjects, 'each with its own answer');
    await over;
    t.match(answer, /^HTTP\/1\.1 200 .*\{"for":"slow"\}/s);
    t.same(await process.ended, { code: 0, stderr: '' });
    const audited = process.lines.filter(({ message }) => message === 'call');
    t.equal(audited.length, 31, 'each has its line in the log');
  },
);

t.test(
  'SIGKILL of one of two replicas loses its own calls in flight and no other',
  { buffered: true },
  async (t) => {
    const { issuer, gateways, held, arrived, release } = await start(t, 2);
    const [one, other] = gateways;
    if (!one || !other) return;
    const subjects = people(20);
    const outcome = (url: string) =>
      Promise.all(
        subjects.map((sub) =>
          rest(url, issuer, sub).then(
            (got) => `${got.status} ${whom(got)}`,
            () => 'lost',
          ),
        ),
      );
    const mine = outcome(one.url);
    const theirs = outcome(other.url);
    await arrived(40);
    one.process.child.kill('SIGKILL');
    t.equal((await one.process.ended).code, null);
    t.same(await mine, Array(20).fill('lost'), 'nobody is left waiting, nobody is lied to');
    release();
    t.same(
      await theirs,
      subjects.map((sub) => `200 ${sub}`),
    );

    const again = subjects.map((sub) => rest(other.url, issuer, sub));
    await arrived(20);
    t.equal(held.length, 20);
    release();
    t.same(
      (await Promise.all(again)).map(whom),
      subjects,
      'any replica serves anybody: nothing is kept in one',
    );
    t.equal((await send(`${other.url}/health/ready`)).status, 200);
  },
);
