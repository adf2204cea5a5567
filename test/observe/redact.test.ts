import t from 'tap';
import { redact } from '../../src/observe/redact.ts';

t.test('a line without secrets stays the object it is', async (t) => {
  const line = { granted: true, nested: { a: [1, 'b', null] }, none: undefined };
  t.equal(redact({ granted: true, nested: { a: 1 } })['granted'], true);
  const plain = { granted: true, nested: { a: 1 } };
  t.equal(redact(plain), plain, 'not even copied');
  t.same(redact(line), line);
});

t.test('a secret is replaced wherever it stands, and nothing else is changed', async (t) => {
  const line = {
    list: [{ headers: { authorization: 's', accept: 'a' } }],
    password: { deep: 's' },
    bare: Object.assign(Object.create(null), { cookie: 's', kept: 1 }),
  };
  t.same(redact(line), {
    list: [{ headers: { authorization: '[redacted]', accept: 'a' } }],
    password: '[redacted]',
    bare: { cookie: '[redacted]', kept: 1 },
  });
  t.equal(line.list[0]?.headers.authorization, 's', 'what is logged is not changed itself');
});

t.test('instances are left to their serializers', async (t) => {
  const error = Object.assign(new Error('x'), { password: 's' });
  const map = new Map([['password', 's']]);
  const line = redact({ err: error, map });
  t.equal(line['err'], error);
  t.equal(line['map'], map);
});

t.test('what nests deeper than anybody logs is not shown at all', async (t) => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  t.match(JSON.stringify(redact(circle)), '[redacted]');
  const list: unknown[] = [];
  list.push(list);
  t.match(JSON.stringify(redact({ list })), '[redacted]');
});
