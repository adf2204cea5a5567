import t from 'tap';
import { failure, idOf, readMessage, success } from '../../../src/mcp/protocol/message.ts';

const jsonrpc = '2.0';

t.test('what a body is (JSON-RPC 2.0 §4)', async (t) => {
  const table: [body: unknown, kind: string][] = [
    [{ jsonrpc, id: 1, method: 'ping' }, 'request'],
    [{ jsonrpc, id: 'a', method: 'ping', params: {} }, 'request'],
    [{ jsonrpc, id: 0, method: '' }, 'request'],
    [{ jsonrpc, method: 'notifications/initialized' }, 'notification'],
    [{ jsonrpc, id: 1, result: {} }, 'response'],
    [{ jsonrpc, id: 1, error: { code: 1 } }, 'response'],
    [{ jsonrpc, id: null, method: 'ping' }, 'invalid'],
    [{ jsonrpc, id: {}, method: 'ping' }, 'invalid'],
    [{ jsonrpc, id: 1.5, method: 'ping' }, 'invalid'],
    [{ jsonrpc, id: 1, method: 7 }, 'invalid'],
    [{ jsonrpc, id: 1, method: 'ping', params: [] }, 'invalid'],
    [{ jsonrpc, id: 1, method: 'ping', params: null }, 'invalid'],
    [{ jsonrpc, id: 1 }, 'invalid'],
    [{ jsonrpc: '1.0', id: 1, method: 'ping' }, 'invalid'],
    [{ id: 1, method: 'ping' }, 'invalid'],
    [[{ jsonrpc, id: 1, method: 'ping' }], 'invalid'],
    [[], 'invalid'],
    [null, 'invalid'],
    ['ping', 'invalid'],
    [undefined, 'invalid'],
  ];
  for (const [body, kind] of table) t.equal(readMessage(body).kind, kind, JSON.stringify(body));
  t.same(readMessage({ jsonrpc, id: 1, method: 'ping' }), {
    kind: 'request',
    id: 1,
    method: 'ping',
    params: {},
  });
});

t.test('the id of a body, as far as it has one', async (t) => {
  t.equal(idOf({ id: 0 }), 0);
  t.equal(idOf({ id: 'x' }), 'x');
  for (const body of [{ id: {} }, { id: null }, {}, [], null, undefined]) t.equal(idOf(body), null);
});

t.test('answers', async (t) => {
  t.same(success('x', {}), { jsonrpc, id: 'x', result: {} });
  t.same(failure(null, -1, 'no'), { jsonrpc, id: null, error: { code: -1, message: 'no' } });
  const data = { why: 'so' };
  t.same(failure(1, -1, 'no', data), { jsonrpc, id: 1, error: { code: -1, message: 'no', data } });
});
