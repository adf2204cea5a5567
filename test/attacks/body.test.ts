import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { bearer, parsed } from '../send.ts';
import { setStage } from '../stage.ts';

t.test('a body that would change prototypes is refused', async (t) => {
  const { call, backend } = await setStage(t);
  for (const body of [
    '{"__proto__":{"admin":true}}',
    '{"a":{"b":[{"__proto__":{"admin":true}}]}}',
    '{"\\u005f_proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"admin":true}}}',
  ]) {
    const got = await call('listEvents', body);
    t.equal(got.status, 400, body);
    t.match(parsed(got), { error: 'invalid_request' });
  }
  t.same(backend.received, []);
  t.equal(Object({})['admin'], undefined);
});

t.test('two parsers never read a body two ways: it is serialised anew', async (t) => {
  const { call, mcp, backend } = await setStage(t);
  await call('listEvents', '{"user":"me","user":"you"}');
  await call('listEvents', '{"a":"\\u002f\\ud83d\\ude42", "n":1e2}  ');
  await mcp('tools/call', { name: 'listEvents', arguments: { a: 1 }, extra: 'stays here' });
  t.same(
    backend.received.map(({ body }) => body),
    ['{"user":"you"}', '{"a":"/🙂","n":100}', '{"a":1}'],
  );
});

t.test('broken JSON is refused without a word of it', async (t) => {
  const { call, backend } = await setStage(t);
  for (const body of [
    '{',
    '{"secret":}',
    '{}{}',
    'secret',
    '{"a":1,}',
    "{'a':1}",
    'NaN',
    '\u0000',
  ]) {
    const got = await call('listEvents', body);
    t.equal(got.status, 400, body);
    t.match(parsed(got), {
      error: 'invalid_request',
      error_description: 'The request is malformed.',
    });
  }
  t.same(backend.received, []);
});

t.test('other content types are 415, JSON with parameters is JSON', async (t) => {
  const { issuer, send } = await setStage(t);
  const post = async (type: string) => {
    const headers = { ...bearer(await issuer.token()), 'content-type': type };
    return (await send('/tools/listEvents', { body: '{}', headers })).status;
  };
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'x',
    'application/jsonp',
  ]) {
    t.equal(await post(type), 415, type);
  }
  for (const type of ['application/json; charset=utf-8', 'Application/JSON'])
    t.equal(await post(type), 200, type);
});

t.test('a chunked body beyond the limit is cut off, whatever it announced', async (t) => {
  const { issuer, gateway, backend } = await setStage(t, { env: { BODY_LIMIT: '1024' } });
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  const { authorization } = bearer(await issuer.token());
  const head = [
    'POST /tools/listEvents HTTP/1.1',
    'Host: a',
    'Connection: close',
    `Authorization: ${authorization}`,
  ];
  const lines = [...head, 'Content-Type: application/json', 'Transfer-Encoding: chunked', '', ''];
  socket.write(lines.join('\r\n'));
  socket.write(`1000\r\n${'x'.repeat(0x1000)}\r\n`);
  t.match(await text(socket), 'HTTP/1.1 413');
  t.same(backend.received, []);
});

t.test('a request with two lengths is no request (RFC 9112 §6.3)', async (t) => {
  const { gateway, backend } = await setStage(t, { tools: [{ name: 'look', public: true }] });
  for (const lengths of [
    'Content-Length: 2\r\nTransfer-Encoding: chunked',
    'Content-Length: 2\r\nContent-Length: 3',
    'Transfer-Encoding: identity, chunked, identity',
  ]) {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(
      `POST /tools/look HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${lengths}\r\n\r\n{}`,
    );
    t.match(await text(socket), 'HTTP/1.1 400', lengths);
  }
  t.same(backend.received, []);
});
