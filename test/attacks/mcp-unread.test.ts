import { connect, type Socket } from 'node:net';
import t from 'tap';
import { startIssuer } from '../issuer.ts';
import { startRecorder } from '../recorder.ts';
import { bearer, send } from '../send.ts';
import { mebibytes, startAttacked } from './attacked.ts';
import { toBytes } from './wire.ts';

const open = 4;
const reportsEach = 1_000;
/** Bytes of heap: far more than what is kept of the streams, far less than what is sent. */
const most = 15 * 1_048_576;

const body = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'work', _meta: { progressToken: 'p' } },
});

/** Says a call and reads nothing of its answer. */
function sayOnly(url: string, { authorization }: { authorization: string }): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.pause();
  socket.on('error', () => {});
  const headers = [
    ['Host', 'a'],
    ['Authorization', authorization],
    ['Accept', 'application/json, text/event-stream'],
    ['Content-Type', 'application/json'],
    ['Content-Length', String(body.length)],
  ] as const;
  socket.write(toBytes({ method: 'POST', target: '/mcp', headers, body }));
  return socket;
}

t.test('streams that nobody reads do not fill the memory, however much is reported', async (t) => {
  const message = 'x'.repeat(20_000);
  let reports = 0;
  const issuer = await startIssuer(t);
  const backend = await startRecorder(t, (response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    let progress = 0;
    const tell = (): void => {
      for (let more = true; more && progress < reportsEach; reports += 1) {
        progress += 1;
        more = response.write(`${JSON.stringify({ progress, message })}\n`);
      }
    };
    response.on('drain', tell);
    tell();
  });
  const urls = { issuer: issuer.issuer, backend: backend.url };
  const tool = { name: 'work', timeoutMs: 20_000, maxConcurrent: open, maxAnswerBytes: 40_000_000 };
  const { gateway, url, heap } = await startAttacked(t, urls, { tools: [tool] });
  const headers = bearer(await issuer.token());
  const before = await heap();
  const sockets = Array.from({ length: open }, () => sayOnly(url, headers));
  while (reports < open * reportsEach) await new Promise((resolve) => setTimeout(resolve, 5));
  // What is on its way from the backend is not yet kept or dropped: what stays is judged.
  let grown = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 50 && grown > most; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    grown = (await heap()) - before;
  }
  t.ok(grown < most, `${mebibytes(grown)} for ${open} streams of 20 MB each`);
  t.equal((await send(`${url}/health/live`)).status, 200);
  for (const socket of sockets) socket.destroy();
  gateway.child.kill('SIGTERM');
  t.equal((await gateway.ended).code, 0);
});
