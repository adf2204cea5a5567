import t from 'tap';
import { createCompiler } from '../../src/tools/validate.ts';

const compile = createCompiler();

t.test('says what is wrong and where', async (t) => {
  const check = compile({
    type: 'object',
    properties: { at: { type: 'object', properties: { start: { type: 'string' } } } },
    required: ['at'],
    additionalProperties: false,
  });
  t.equal(check({ at: { start: 'now' } }), undefined);
  t.equal(check({ at: { start: 5 } }), '/at/start must be string');
  t.equal(check({}), "input must have required property 'at'");
  t.equal(check({ at: {}, more: 1 }), 'input must NOT have additional properties');
  for (const other of [null, [], 'text', 7, undefined])
    t.equal(check(other), 'input must be object');
});

t.test('the first mistake is enough: what a large input costs stays small', async (t) => {
  const check = compile({ type: 'array', items: { type: 'string' } });
  t.equal(check(Array.from({ length: 10_000 }, () => 1)), '/0 must be string');
});

t.test('values are judged, never changed', async (t) => {
  const check = compile({
    type: 'object',
    properties: {
      limit: { type: 'integer', default: 10 },
      tags: { type: 'array', items: { type: 'string' } },
    },
    additionalProperties: { type: 'boolean' },
  });
  const good = { tags: ['a'], extra: true };
  t.equal(check(good), undefined);
  t.strictSame(good, { tags: ['a'], extra: true }, 'no defaults are filled in');
  t.equal(check({ limit: '10' }), '/limit must be integer', 'text does not become a number');
  t.equal(check({ tags: 'a' }), '/tags must be array', 'a value does not become a list');
  t.equal(check({ extra: 'true' }), '/extra must be boolean');
  const closed = compile({ type: 'object', properties: {}, additionalProperties: false });
  const excess = { more: 1 };
  t.ok(closed(excess));
  t.strictSame(excess, { more: 1 }, 'nothing is taken away');
});

t.test('keywords of 2020-12', async (t) => {
  const tuple = compile({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { span: { type: 'array', prefixItems: [{ type: 'string' }], items: false } },
    dependentRequired: { from: ['to'] },
    unevaluatedProperties: false,
    allOf: [{ properties: { from: true, to: true } }],
    $defs: { never: { not: {} } },
  });
  t.equal(tuple({ span: ['a'], from: 1, to: 2 }), undefined);
  t.match(tuple({ span: ['a', 'b'] }), /^\/span must NOT have more than 1 items/);
  t.match(tuple({ span: [1] }), /^\/span\/0 must be string/);
  t.match(tuple({ from: 1 }), /must have property to when property from is present/);
  t.match(tuple({ other: 1 }), /must NOT have unevaluated properties/);
});

t.test('references within the schema', async (t) => {
  const check = compile({
    $id: 'https://example.com/tree',
    type: 'object',
    properties: { child: { $ref: '#' }, name: { $ref: '#/$defs/name' } },
    $defs: { name: { type: 'string', minLength: 1 } },
  });
  t.equal(check({ child: { child: { name: 'a' } } }), undefined);
  t.match(check({ child: { child: { name: '' } } }), /^\/child\/child\/name must NOT have fewer/);
  t.throws(() => compile({ $ref: 'https://example.com/tree' }), /can't resolve reference/);
});

t.test('formats are asserted', async (t) => {
  const formats: Record<string, [good: string, bad: string]> = {
    'date-time': ['2027-01-11T00:00:00Z', '2027-01-11'],
    date: ['2027-02-28', '2027-02-30'],
    email: ['ada@example.com', 'ada'],
    uri: ['https://example.com/', 'example'],
    uuid: ['7b1c8f0e-7e2c-4a35-9d51-5f0a4c1f8a11', 'seven'],
    ipv4: ['127.0.0.1', '127.0.0.256'],
  };
  for (const [format, [good, bad]] of Object.entries(formats)) {
    const check = compile({ type: 'string', format });
    t.equal(check(good), undefined, format);
    t.equal(check(bad), `input must match format "${format}"`);
  }
});

t.test('a schema that is wrong itself does not compile', async (t) => {
  const broken = [
    { type: 'objekt' },
    { type: 'object', properties: 5 },
    { type: 'object', required: 'id' },
    { type: 'string', pattern: '(' },
    { $ref: '#/$defs/none' },
  ];
  for (const schema of broken) t.throws(() => compile(schema), JSON.stringify(schema));
});

t.test('draft-07, as many MCP tools say, is judged by its own rules', async (t) => {
  for (const $schema of [
    'http://json-schema.org/draft-07/schema#',
    'http://json-schema.org/draft-07/schema',
    'https://json-schema.org/draft-07/schema#',
  ]) {
    const check = compile({
      $schema,
      type: 'object',
      properties: {
        // In 2020-12 a list under `items` is a mistake, and `definitions` is nothing special.
        pair: { type: 'array', items: [{ $ref: '#/definitions/day' }], additionalItems: false },
        constructor: { type: 'string' },
      },
      definitions: { day: { type: 'string', format: 'date' } },
      $async: true,
    });
    t.equal(check({ pair: ['2027-01-11'] }), undefined);
    t.match(check({ pair: ['tomorrow'] }), /^\/pair\/0 must match format "date"/);
    t.match(check({ pair: ['2027-01-11', 1] }), /must NOT have more than 1 items/);
  }
  t.throws(() => compile({ items: [{ type: 'string' }] }), 'without $schema it is 2020-12');
  for (const $schema of [
    'https://json-schema.org/draft/2020-12/schema',
    'https://json-schema.org/draft/2020-12/schema#',
  ]) {
    t.match(compile({ $schema, prefixItems: [{ type: 'string' }] })([1]), /must be string/);
  }
});

t.test('another $schema is refused, and the words say which are known', async (t) => {
  for (const $schema of [
    'http://json-schema.org/draft-04/schema#',
    'https://json-schema.org/draft/2019-09/schema',
    'https://example.com/own',
    'https://json-schema.org/draft/2020-12/schema#x',
    'https://json-schema.org/draft-07/schema#x',
    'https://example.com/?https://json-schema.org/draft/2020-12/schema',
    'https://example.com/?https://json-schema.org/draft-07/schema',
    '',
    7,
    null,
  ]) {
    const known = 'known are https://json-schema.org/draft/2020-12/schema and draft-07';
    const message = `$schema is ${JSON.stringify($schema)}; ${known}`;
    t.throws(() => compile({ $schema }), { message });
  }
});

t.test('words of other vocabularies do no harm', async (t) => {
  const check = compile({ type: 'object', 'x-mcp-header': 'Region', 'x-own': { a: 1 } });
  t.equal(check({}), undefined);
});

t.test(
  'a schema cannot make its check asynchronous, which would let everything through',
  async (t) => {
    const check = compile({ $async: true, type: 'object', required: ['id'] });
    t.equal(check({ id: 1 }), undefined);
    t.match(check({}), /required property 'id'/);
  },
);

t.test('properties named as those every object has', async (t) => {
  const check = compile({ type: 'object', properties: { a: {} }, additionalProperties: false });
  for (const name of ['__proto__', 'constructor', 'toString']) {
    t.match(check(JSON.parse(`{"${name}":1}`)), /must NOT have additional properties/, name);
  }
  const required = compile({ type: 'object', required: ['constructor'] });
  t.match(required({}), /required property 'constructor'/);
  const optional = compile({ type: 'object', properties: { toString: { type: 'string' } } });
  t.equal(optional({}), undefined, 'left out, it is not judged');
});
