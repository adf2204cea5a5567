import { once } from 'node:events';
import { request as ask } from 'node:http';
import t from 'tap';
import { messagesOf } from '../events.ts';
import { json } from '../recorder.ts';
import { bearer, parsed, type Sent } from '../send.ts';
import { setStage } from '../stage.ts';

const both: Sent = { headers: { accept: 'application/json, text/event-stream' } };
const report = (progress: number) => `{"progress":${progress},"total":3,"message":"step"}\n`;

/** Answers NDJSON: three reports and a result. */
const working = {
  answer: (response: import('node:http').ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const n of [1, 2, 3]) response.write(report(n));
    response.end('{"ok":true}\n');
  },
};
const call = (progressToken?: unknown) => ({ name: 'listEvents', _meta: { progressToken } });
const result = {
  content: [{ type: 'text', text: '{"ok":true}' }],
  structuredContent: { ok: true },
};

t.test('reports of the backend become notifications with the token of the call', async (t) => {
  const { mcp, modern } = await setStage(t, working);
  for (const send of [mcp, modern]) {
    for (const progressToken of ['a', 0]) {
      const got = await send('tools/call', call(progressToken), both);
      t.equal(got.headers['content-type'], 'text/event-stream');
      const messages = messagesOf(got.text);
      const params = { progressToken, total: 3, message: 'step' };
      t.match(messages, [
        { jsonrpc: '2.0', method: 'notifications/progress', params: { ...params, progress: 1 } },
        { params: { ...params, progress: 2 } },
        { params: { ...params, progress: 3 } },
        { jsonrpc: '2.0', id: 7, result },
      ]);
      t.equal(messages.length, 4);
    }
  }
});

t.test('without a token, or without taking events, a client gets the end result', async (t) => {
  const { mcp } = await setStage(t, working);
  for (const token of [undefined, null, {}, 1.5]) {
    const got = await mcp('tools/call', call(token), both);
    t.match(got.headers['content-type'], 'application/json');
    t.same(parsed(got)['result'], result);
  }
  t.same(parsed(await mcp('tools/call', call('a')))['result'], result);
});

t.test('an error after the stream has begun is told on it', async (t) => {
  const { mcp, gateway } = await setStage(t, {
    answer: (response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write(report(1));
      setImmediate(() => response.destroy());
    },
  });
  const messages = messagesOf((await mcp('tools/call', call('a'), both)).text);
  t.match(messages, [
    { method: 'notifications/progress' },
    { id: 7, result: { isError: true, content: [{ text: /backend/ }] } },
  ]);
  t.match(gateway.lines.at(-1), { granted: false, code: 'upstream_failed', tool: 'listEvents' });
});

t.test('a backend that answers nothing beside its reports has failed', async (t) => {
  const { mcp } = await setStage(t, {
    answer: (response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.end(report(1));
    },
  });
  t.match(parsed(await mcp('tools/call', call())), { result: { isError: true } });
});

t.test('a call that takes no time, and one that fails, need no stream', async (t) => {
  const { mcp } = await setStage(t, { answer: json({ error: 'No such day.' }, 404) });
  const got = await mcp('tools/call', call('a'), both);
  t.match(got.headers['content-type'], 'application/json');
  t.match(parsed(got), { result: { isError: true, content: [{ text: 'No such day.' }] } });
});

t.test('a client that closes the stream cancels the call at the backend', async (t) => {
  const gone = Promise.withResolvers<void>();
  const { gateway, issuer } = await setStage(t, {
    answer: (response) => {
      response.once('close', gone.resolve);
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write(report(1));
    },
  });
  const headers = {
    ...bearer(await issuer.token()),
    ...both.headers,
    'content-type': 'application/json',
  };
  const request = ask(`${gateway.url}/mcp`, { method: 'POST', headers });
  request.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call('a') }));
  const [response] = await once(request, 'response');
  await once(response, 'data');
  response.destroy();
  await gone.promise;
  t.pass('the backend saw its connection close');
});
