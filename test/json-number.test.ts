import t from 'tap';
import { overflows } from '../src/json-number.ts';
import { parsed } from './send.ts';
import { setStage } from './stage.ts';

const digits = '9'.repeat(400);
const check = (text: string): boolean => overflows(text, JSON.parse(text));

t.test('a number that is Infinity once it is read is told, wherever it stands', async (t) => {
  for (const text of ['1e999', '-1E+400', digits, `[{"a":[1,${digits}]}]`, '{"a":{"b":1e309}}']) {
    t.ok(check(text), text.slice(0, 20));
  }
});

t.test('great numbers, and texts that look like too great ones, are no matter', async (t) => {
  const fine = [
    '1e308',
    '1e-999',
    '{"a":"1e999"}',
    `"${digits}"`,
    'null',
    '[1e300,null,{"b":true}]',
  ];
  for (const text of fine) t.notOk(check(text), text.slice(0, 20));
});

t.test('neither door forwards such a number as null', async (t) => {
  const { send, backend, issuer } = await setStage(t);
  const headers = { authorization: `Bearer ${await issuer.token()}` };
  const rest = await send('/tools/listEvents', { body: '{"n":1e999}', headers });
  t.equal(rest.status, 400);
  t.match(parsed(rest), { error: 'invalid_request', error_description: /too great/ });
  const call =
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"listEvents","arguments":{"n":1e999}}}';
  const mcp = await send('/mcp', { body: call, headers });
  t.equal(mcp.status, 400);
  t.match(parsed(mcp), { error: { data: { error: 'invalid_request' } } });
  t.same(backend.received, []);
});
