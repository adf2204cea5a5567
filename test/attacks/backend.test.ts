import type { ServerResponse } from 'node:http';
import t from 'tap';
import type { AnswerWith } from '../recorder.ts';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';

/** These bytes and no others. */
const raw =
  (bytes: string): AnswerWith =>
  (response: ServerResponse) =>
    void response.socket?.end(bytes, 'latin1');

const json = (body: string): AnswerWith => {
  return (response) => void response.setHeader('content-type', 'application/json').end(body);
};
const two = 'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';
const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

/** A backend that was taken over, or is merely broken. */
const answers: Readonly<Record<string, AnswerWith>> = {
  'a status beyond all': raw(`HTTP/1.1 999 X\r\n${two}`),
  'a status of six hundred': raw(`HTTP/1.1 600 X\r\n${two}`),
  'a status of nothing': raw(`HTTP/1.1 000 X\r\n${two}`),
  'an upgrade nobody asked for': raw('HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
  'a flood of interim answers': raw(
    `${'HTTP/1.1 103 X\r\n\r\n'.repeat(1000)}HTTP/1.1 200 OK\r\n${two}`,
  ),
  'headers without end': raw(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(200_000)}`),
  'a header that breaks': raw(`HTTP/1.1 200 OK\r\nETag: a\rSet-Cookie: b\r\n${two}`),
  'a type of other bytes': raw(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\xe9\r\nContent-Length: 2\r\n\r\n{}`,
  ),
  'JSON as deep as it is long': json(`{"a":${nested}}`),
  'a tool result as deep': json(`{"content":[${nested}]}`),
  'an error as deep': (response) =>
    void response.writeHead(400, { 'content-type': 'application/json' }).end(`{"error":${nested}}`),
  'JSON with a prototype': json(
    '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
  ),
  'half a surrogate pair': json('{"a":"\\ud800"}'),
  'no UTF-8': (response) =>
    void response
      .setHeader('content-type', 'application/json')
      .end(Buffer.from([0x22, 0xff, 0x22])),
  'HTTP/0.9': raw('{}'),
  nothing: (response) => void response.destroy(),
};

t.test(
  'whatever the backend answers is an answer or its failure, never a defect of the gateway',
  async (t) => {
    const tools = [{ name: 'listEvents', timeoutMs: 5000 }];
    const env = { BREAKER_FAILURES: '0', RATE_LIMIT_PER_MINUTE: '0' };
    const { backend, call, mcp, gateway } = await setStage(t, { tools, env });
    for (const [name, answer] of Object.entries(answers)) {
      backend.answer = answer;
      const { status, headers } = await call('listEvents');
      t.ok([200, 400, 502].includes(status), `${name}: ${status}`);
      t.equal(headers['set-cookie'], undefined);
      const got = await mcp('tools/call', { name: 'listEvents' });
      t.equal(got.status, 200, `MCP: ${name}`);
      const type = name === 'no UTF-8' ? 'resource' : 'text';
      t.match(parsed(got), { result: { content: [{ type }] } }, `MCP: ${name}`);
    }
    t.notOk('admin' in {});
    t.same(
      gateway.lines.filter(({ code }) => code === 'internal'),
      [],
    );
    backend.answer = json('{"well":true}');
    t.equal((await call('listEvents')).text, '{"well":true}', 'and the next call is served');
  },
);
