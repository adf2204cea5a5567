import t, { type Test } from 'tap';
import { openDoor } from '../../../examples/rehearsal/door.ts';
import { createFetch } from '../../../examples/rehearsal/http.ts';
import { mcp, type Reply, type Script, serve, tool } from './serve.ts';

const open = async (t: Test, script: Script, token?: string) => {
  const url = new URL(`${await serve(t, mcp(script))}/mcp`);
  const door = openDoor(url, createFetch('test/1'), () => token);
  t.teardown(() => door.close());
  return door;
};

t.test('tools are listed as they came, with their securitySchemes', async (t) => {
  const door = await open(t, { tools: [tool('a', ['x']), tool('b', [])] });
  t.match(await door.list(), {
    kind: 'tools',
    tools: [
      { name: 'a', scopes: ['x'], open: false },
      { name: 'b', open: true },
    ],
  });
});

t.test('an event stream is read too', async (t) => {
  const origin = await serve(t, (request) => {
    const reply = mcp({ tools: [tool('a', ['x'])] })(request);
    if (reply.status !== undefined) return reply;
    const headers = { 'content-type': 'text/event-stream' };
    return { headers, body: `event: message\ndata: ${JSON.stringify(reply.body)}\n\n` };
  });
  const door = openDoor(new URL(`${origin}/mcp`), createFetch('test/1'), () => undefined);
  t.teardown(() => door.close());
  t.match(await door.list(), { kind: 'tools', tools: [{ name: 'a', scopes: ['x'] }] });
});

t.test('the token goes with every call, the user agent too', async (t) => {
  const said = { content: [{ type: 'text', text: 'hello' }] };
  const door = await open(
    t,
    {
      tools: [tool('a', ['x'])],
      call: (name, input, authorization) => {
        t.strictSame([name, input, authorization], ['a', { n: 1 }, 'Bearer secret']);
        return { result: said };
      },
    },
    'secret',
  );
  await door.list();
  t.match(await door.call('a', { n: 1 }), { kind: 'result', result: said, challenge: {} });
});

t.test('a page is read, and the version is known once it is connected', async (t) => {
  const contents = [{ uri: 'ui://a', mimeType: 'text/html', text: '<p>' }];
  const resource = (uri: string) => {
    t.equal(uri, 'ui://a');
    return { result: { contents } };
  };
  const door = await open(t, { tools: [], resource });
  t.equal(door.version(), undefined);
  t.strictSame(await door.connect(), { kind: 'connected' });
  t.equal(door.version(), '2025-11-25');
  t.match(await door.read('ui://a'), { kind: 'page', contents });
  t.match(await door.list(), { kind: 'tools', tools: { length: 0 } }, 'without connecting again');
});

t.test('a challenge within a result is found', async (t) => {
  const header = 'Bearer error="insufficient_scope", scope="y"';
  const result = { content: [], isError: true, _meta: { 'mcp/www_authenticate': [header] } };
  const door = await open(t, { tools: [], call: () => ({ result }) });
  await door.list();
  t.match(await door.call('a', {}), { challenge: { error: 'insufficient_scope', scope: 'y' } });
});

t.test('a refusal is told by the answer, not by the error of the client', async (t) => {
  const headers = { 'www-authenticate': 'Bearer error="insufficient_scope", scope="y"' };
  const reply: Reply = { status: 403, headers, body: { error: 'insufficient_scope' } };
  const door = await open(t, { tools: [], call: () => ({ reply }) });
  await door.list();
  t.match(await door.call('a', {}), { kind: 'refused', status: 403, challenge: { scope: 'y' } });
});

t.test('a refused initialize is a refusal', async (t) => {
  const door = await open(t, { tools: [], refuse: { status: 401, body: {} } });
  t.match(await door.list(), { kind: 'refused', status: 401 });
});

t.test('an answer the client itself cannot take is its error', async (t) => {
  const door = await open(t, { tools: [], call: () => ({ reply: { body: 'a page' } }) });
  await door.list();
  await t.rejects(door.call('a', {}), { message: /content type/ });
});
