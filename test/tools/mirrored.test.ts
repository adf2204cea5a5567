import t, { type Test } from 'tap';
import { load, wrong } from './load.ts';

const tool = (inputSchema: object) => ({
  tools: [{ name: 'query', inputSchema: { type: 'object', ...inputSchema } }],
});
const mirrored = (t: Test, schema: object) => load(t, tool(schema)).tools.get('query')?.mirrored;
const marked = (name: unknown, type: unknown = 'string') => ({ type, 'x-mcp-header': name });

t.test('marked arguments, however deep, in the order of the schema', async (t) => {
  t.strictSame(
    mirrored(t, {
      properties: {
        region: marked('Region'),
        sql: { type: 'string' },
        limits: {
          type: 'object',
          properties: {
            rows: marked("X!#$%&'*+.^_`|~9-", 'integer'),
            dry: marked('DRY', 'boolean'),
          },
        },
      },
    }),
    [
      { header: 'mcp-param-region', path: ['region'], type: 'string' },
      { header: "mcp-param-x!#$%&'*+.^_`|~9-", path: ['limits', 'rows'], type: 'integer' },
      { header: 'mcp-param-dry', path: ['limits', 'dry'], type: 'boolean' },
    ],
  );
  t.strictSame(mirrored(t, {}), []);
});

t.test('a mark beside $ref counts when it names its type', async (t) => {
  const $defs = { region: { enum: ['eu', 'us'] } };
  const properties = { region: { $ref: '#/$defs/region', ...marked('Region') } };
  t.match(mirrored(t, { properties, $defs }), [{ path: ['region'] }]);
});

t.test('properties and data that are called like the mark are none', async (t) => {
  const sample = { 'x-mcp-header': '' };
  const properties = {
    'x-mcp-header': { type: 'string' },
    one: { type: 'object', default: sample, const: sample, enum: [sample], examples: [sample] },
    two: true,
  };
  t.strictSame(mirrored(t, { properties }), []);
});

t.test('a mark that is no name of a header', async (t) => {
  for (const name of ['', 7, null, true, ['a'], {}]) {
    t.same(
      wrong(t, tool({ properties: { a: marked(name) } })),
      ['tool query: inputSchema/properties/a: x-mcp-header is no text, or empty'],
      JSON.stringify(name),
    );
  }
  for (const name of ['a b', 'a\r\nx: y', 'a:', 'ä', 'a\u0000', '(a)', '"a"', 'a/b', ' ']) {
    t.same(
      wrong(t, tool({ properties: { a: marked(name) } })),
      ['tool query: inputSchema/properties/a: x-mcp-header is no token (RFC 9110 §5.6.2)'],
      JSON.stringify(name),
    );
  }
});

t.test('a name stands once, in whatever case', async (t) => {
  const properties = { a: marked('Region'), b: { properties: { c: marked('REGION') } } };
  t.same(wrong(t, tool({ properties })), [
    'tool query: inputSchema/properties/b/properties/c: x-mcp-header "REGION" stands twice',
  ]);
});

t.test('only text, whole numbers and yes or no are mirrored', async (t) => {
  for (const type of ['number', 'object', 'array', 'null', ['string', 'null'], ['string']]) {
    t.same(wrong(t, tool({ properties: { a: marked('A', type) } })), [
      `tool query: inputSchema/properties/a: x-mcp-header stands on type ${JSON.stringify(type)}: string, integer or boolean are possible`,
    ]);
  }
  const bare = { 'x-mcp-header': 'A' };
  t.match(wrong(t, tool({ properties: { a: bare } })), [/stands on type none: string/]);
});

t.test('a mark that properties alone do not lead to', async (t) => {
  const a = marked('A');
  const under = { type: 'object', properties: { a } };
  const places: Record<string, object> = {
    '': a,
    '/items': { items: a },
    '/items/0': { $schema: 'http://json-schema.org/draft-07/schema#', items: [a] },
    '/prefixItems/1': { prefixItems: [true, a] },
    '/additionalItems': {
      $schema: 'http://json-schema.org/draft-07/schema#',
      items: [true],
      additionalItems: a,
    },
    '/contentSchema': { contentSchema: a },
    '/contains': { contains: a },
    '/additionalProperties': { additionalProperties: a },
    '/unevaluatedProperties': { unevaluatedProperties: a },
    '/unevaluatedItems': { unevaluatedItems: a },
    '/propertyNames': { propertyNames: a },
    '/patternProperties/^a': { patternProperties: { '^a': a } },
    '/dependentSchemas/b': { dependentSchemas: { b: a } },
    '/dependencies/b': {
      $schema: 'http://json-schema.org/draft-07/schema#',
      dependencies: { b: a, c: ['d'] },
    },
    '/oneOf/0/properties/a': { oneOf: [under] },
    '/anyOf/1/properties/a': { anyOf: [{}, under] },
    '/allOf/0/properties/a': { allOf: [under] },
    '/not/properties/a': { not: under },
    '/if/properties/a': { if: under },
    '/then/properties/a': Object.fromEntries([['then', under]]),
    '/else/properties/a': { else: under },
    '/$defs/a': { $defs: { a }, properties: { a: { $ref: '#/$defs/a' } } },
    '/definitions/a': { definitions: { a } },
    '/properties/list/items/properties/a': {
      properties: { list: { type: 'array', items: under } },
    },
  };
  for (const [place, schema] of Object.entries(places)) {
    const { type = 'object', ...rest } = schema as { type?: unknown };
    t.same(
      wrong(t, tool(place === '' ? rest : { ...rest, type })),
      [`tool query: inputSchema${place}: x-mcp-header is not reachable by properties alone`],
      place,
    );
  }
});

t.test('every mistake at once, beside others of the tool', async (t) => {
  const properties = { a: marked('a b'), b: marked('B', 'number'), c: { type: 'objekt' } };
  t.match(wrong(t, tool({ properties })), [
    /^tool query: has a broken schema: /,
    /^tool query: inputSchema\/properties\/a: x-mcp-header is no token/,
    /^tool query: inputSchema\/properties\/b: x-mcp-header stands on type "number"/,
  ]);
  for (const nothing of [{ properties: null }, { $defs: null }, { items: null }, { oneOf: null }]) {
    t.match(wrong(t, tool(nothing)), [/^tool query: has a broken schema: /]);
  }
});
