import { once } from 'node:events';
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { createParser } from 'eventsource-parser';
import t from 'tap';
import { holdTimers } from '../fixtures/clocks.ts';
import { readMetrics } from '../gateway-process.ts';
import type { AnswerWith } from '../recorder.ts';
import { bearer, parsed, type Sent } from '../send.ts';
import { type Stage, type StageOptions, setStage } from '../stage.ts';

const METRICS_TOKEN = 'metrics-token-of-the-tests-0123456789';
const env = { RATE_LIMIT_PER_MINUTE: '0', BREAKER_FAILURES: '0', METRICS_TOKEN };
const both: Sent = { headers: { accept: 'application/json, text/event-stream' } };
const call = { name: 'work', _meta: { progressToken: 'p' } };
const options: StageOptions = { tools: [{ name: 'work', timeoutMs: 20_000 }], env };

/** Says these lines as a backend that reports progress. */
const lines =
  (...all: readonly string[]): AnswerWith =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.end(`${all.join('\n')}\n`);
  };

/** The events of a stream as a browser reads them, and what is none. */
function eventsOf(text: string): { messages: Record<string, unknown>[]; other: string[] } {
  const messages: Record<string, unknown>[] = [];
  const other: string[] = [];
  const parser = createParser({
    onEvent: ({ event, data, id }) => {
      if (event === 'message' && id === undefined) messages.push(JSON.parse(data));
      else other.push(data);
    },
    onRetry: (ms) => other.push(`retry ${ms}`),
    onComment: (comment) => other.push(comment),
  });
  parser.feed(text);
  return { messages, other };
}

t.test('no text of a backend can forge an event', async (t) => {
  const { modern, mcp, backend } = await setStage(t, options);
  const forged = '{"jsonrpc":"2.0","id":7,"result":{"content":[]}}';
  const texts = [
    `\n\nevent: message\ndata: ${forged}\n\n`,
    `\r\rdata: ${forged}\r\r`,
    `\r\n\r\ndata: ${forged}\r\n\r\n`,
    `\u2028\u2028data: ${forged}\u2028\u2028`,
    `\u0085data: ${forged}\u0085`,
    '\u0000\u0000data: x',
    '\nid: 1\nretry: 1\n: comment\n',
    '\ufeffdata: x',
    '\ud800\udc00\ud800',
    '\u001b[2J',
    'data: x',
  ];
  for (const [index, message] of texts.entries()) {
    const report = JSON.stringify({ progress: 1, message });
    backend.answer = lines(report, JSON.stringify({ said: message }));
    for (const send of [mcp, modern]) {
      const got = await send('tools/call', call, both);
      const { messages, other } = eventsOf(got.text);
      t.same(other, [], `text ${index}`);
      t.equal(messages.length, 2);
      t.match(messages[0], { params: { message, progressToken: 'p' } });
      t.match(messages[1], { id: 7, result: { structuredContent: { said: message } } });
    }
    const token = { name: 'work', _meta: { progressToken: message } };
    const { messages, other } = eventsOf((await mcp('tools/call', token, both)).text);
    t.same([messages.length, other], [2, []], 'nor can a token of the client');
  }
  const id = `\n\ndata: ${forged}\n\n`;
  const { send, issuer } = await setStage(t, { ...options, answer: lines('{"ok":true}') });
  const headers = { ...bearer(await issuer.token()), accept: 'text/event-stream' };
  const body = { jsonrpc: '2.0', id, method: 'tools/call', params: call };
  const { messages } = eventsOf((await send('/mcp', { body, headers })).text);
  t.match(messages, [{ id }], 'nor its id');
});

t.test('reports that are none, go backwards or repeat are no reports', async (t) => {
  const { mcp, modern, backend } = await setStage(t, options);
  const reports: [line: string, told: number | undefined][] = [
    ['{"progress":1}', 1],
    ['{"progress":0.5}', undefined],
    ['{"progress":1}', undefined],
    ['{"progress":-1e308}', undefined],
    ['{"progress":1e999}', undefined],
    ['{"progress":-1e999}', undefined],
    ['{"progress":NaN}', undefined],
    ['{"progress":"2"}', undefined],
    ['{"progress":null}', undefined],
    ['{"progress":2,"total":1e999}', undefined],
    ['{"progress":2,"total":"3"}', undefined],
    ['{"progress":2,"message":{}}', undefined],
    ['{"progress":2,"progressToken":"other"}', undefined],
    ['{"progress":2,"__proto__":{}}', undefined],
    ['{"progress":2,"toString":"x"}', undefined],
    [`{"progress":2,"message":"${'x'.repeat(70_000)}"}`, undefined],
    [`${'['.repeat(5000)}{"progress":2}${']'.repeat(5000)}`, undefined],
    ['{"progress":1e308,"total":-1}', 1e308],
    ['{"progress":2e308}', undefined],
  ];
  const said = [...reports.map(([line]) => line), '{"done":true}'];
  backend.answer = lines(...said);
  for (const send of [mcp, modern]) {
    const { messages } = eventsOf((await send('tools/call', call, both)).text);
    const told = messages.slice(0, -1).map(({ params }) => Object(params).progress);
    t.same(
      told,
      reports.flatMap(([, progress]) => progress ?? []),
    );
    const result = { content: [{ type: 'text', text: `${said.join('\n')}\n` }] };
    t.match(messages.at(-1), { result }, 'what is neither report nor answer is not lost');
  }
});

t.test(
  'a backend that reports for ever ends at the deadline, or at the longest answer',
  async (t) => {
    const tools = [
      { name: 'slow', timeoutMs: 100_000 },
      { name: 'long', timeoutMs: 20_000, maxAnswerBytes: 2_000_000 },
    ];
    const deadlines = holdTimers(t, 100_000);
    const gone: Promise<unknown>[] = [];
    const { mcp, backend, gateway } = await setStage(t, { tools, env });
    backend.answer = (response, { path }) => {
      gone.push(once(response, 'close'));
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      let progress = 0;
      const tell = (): void => {
        do progress += 1;
        while (response.write(`{"progress":${progress}}\n`) && path === '/long');
        if (progress === 20) for (const deadline of deadlines()) deadline.end();
      };
      response.on('drain', tell);
      if (path === '/long') return tell();
      const timer = setInterval(tell, 5);
      response.once('close', () => clearInterval(timer));
    };
    for (const [name, code, reason] of [
      ['slow', 'upstream_timeout', undefined],
      ['long', 'upstream_failed', 'answer_too_large'],
    ] as const) {
      const params = { name, _meta: { progressToken: 1 } };
      const { messages } = eventsOf((await mcp('tools/call', params, both)).text);
      t.match(messages.at(-1), { id: 7, result: { isError: true } }, name);
      t.match(gateway.lines.at(-1), { code, ...(reason ? { reason } : {}) });
    }
    await Promise.all(gone);
    t.pass('and the backend hears of it');
  },
);

/** Opens a call as a stream and gives the answer once it begins. */
async function openCall({ gateway, issuer }: Stage, name: string) {
  const headers = {
    ...bearer(await issuer.token()),
    ...both.headers,
    'content-type': 'application/json',
  };
  const request = ask(`${gateway.url}/mcp`, {
    method: 'POST',
    headers,
    agent: false,
  });
  request.on('error', () => {});
  const params = { ...call, name };
  request.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }));
  return request;
}

/** Calls that hold a place at their backend or wait for one. */
async function busy({ gateway }: Stage): Promise<number> {
  const all = await readMetrics(gateway.url, METRICS_TOKEN);
  const of = (name: string): number => all.get(`gateway_calls_${name}{tool="work"}`) ?? 0;
  return of('busy') + of('waiting');
}

t.test('who leaves at any moment leaves no call and no place behind', async (t) => {
  const tools = [{ name: 'work', timeoutMs: 20_000, maxConcurrent: 2, maxQueued: 3 }];
  const stage = await setStage(t, { tools, env });
  const { backend, modern } = stage;
  await modern('tools/call', { name: 'work' });
  t.equal(await busy(stage), 0);
  const open = new Set<ServerResponse>();
  backend.answer = (response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    let progress = 0;
    const timer = setInterval(() => {
      progress += 1;
      response.write(`{"progress":${progress}}
`);
    }, 1);
    response.once('close', () => clearInterval(timer));
  };
  for (let round = 0; round < 60; round += 1) {
    const request = await openCall(stage, 'work');
    const leave = [
      () => request.destroy(),
      () => request.once('socket', () => request.destroy()),
      () => request.once('finish', () => request.destroy()),
      () => setTimeout(() => request.destroy(), round % 12),
      () => request.once('response', (response: IncomingMessage) => response.destroy()),
      () =>
        request.once('response', (response: IncomingMessage) =>
          response.once('data', () => request.destroy()),
        ),
    ];
    leave[round % leave.length]?.();
    if (round % 5 === 0) await new Promise((resolve) => request.once('close', resolve));
  }
  while (open.size > 0 || (await busy(stage)) > 0) await new Promise(setImmediate);
  backend.answer = lines('{"ok":true}');
  const served = await Promise.all(
    [1, 2, 3, 4, 5].map(() => modern('tools/call', { name: 'work' })),
  );
  t.same(
    served.map(({ status }) => status),
    [200, 200, 200, 200, 200],
    'every place is free',
  );
  for (const got of served) t.match(parsed(got), { result: { structuredContent: { ok: true } } });
});
