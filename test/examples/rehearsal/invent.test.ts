import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import t from 'tap';
import { inventInput, needsNothing } from '../../../examples/rehearsal/invent.ts';

const one = (schema: unknown): unknown =>
  inventInput({ type: 'object', properties: { x: schema }, required: ['x'] })['x'];

const cases: [string, unknown, unknown][] = [
  ['text', { type: 'string' }, 'rehearsal'],
  ['long text', { type: 'string', minLength: 12 }, 'rehearsal...'],
  ['short text', { type: 'string', maxLength: 3 }, 'reh'],
  ['a date and time', { type: 'string', format: 'date-time' }, '2030-01-02T03:04:05Z'],
  ['text of an unknown format', { type: 'string', format: 'poem' }, 'rehearsal'],
  ['a number', { type: 'number' }, 1],
  ['a whole number from 3', { type: 'integer', minimum: 3 }, 3],
  ['a number above 3', { type: 'integer', exclusiveMinimum: 3 }, 4],
  ['a multiple', { type: 'integer', minimum: 3, multipleOf: 5 }, 5],
  ['a number up to 0', { type: 'integer', maximum: 0 }, 0],
  ['a truth', { type: 'boolean' }, true],
  ['nothing', { type: 'null' }, null],
  ['a text or null', { type: ['null', 'string'] }, 'rehearsal'],
  ['null alone in a list', { type: ['null'] }, null],
  ['a list', { type: 'array' }, []],
  ['a list of two', { type: 'array', minItems: 2, items: { type: 'integer' } }, [1, 1]],
  ['a list of anything', { type: 'array', minItems: 1 }, ['rehearsal']],
  ['a constant', { const: false }, false],
  ['a default', { type: 'string', default: 'd', examples: ['e'] }, 'd'],
  ['an example', { type: 'string', examples: ['e'], enum: ['f', 'e'] }, 'e'],
  ['one of several words', { enum: ['f', 'g'] }, 'f'],
  ['either', { anyOf: [{ type: 'integer' }, { type: 'string' }] }, 1],
  ['one of', { oneOf: [{ type: 'boolean' }] }, true],
  [
    'an object within',
    { properties: { a: {}, b: {} }, required: ['a', 'c'] },
    { a: 'rehearsal', c: 'rehearsal' },
  ],
  ['anything', {}, 'rehearsal'],
  ['a boolean schema', true, 'rehearsal'],
];
for (const [name, schema, expected] of cases) {
  t.test(`${name} is invented`, async (t) => t.strictSame(one(schema), expected));
}

t.test('references within the schema are followed, endless ones end', async (t) => {
  const $defs = { day: { type: 'string', format: 'date' }, self: { $ref: '#/$defs/self' } };
  const properties = { day: { $ref: '#/$defs/day' }, self: { $ref: '#/$defs/self' } };
  const input = inventInput({ type: 'object', $defs, properties, required: ['day', 'self'] });
  t.strictSame(input, { day: '2030-01-02', self: 'rehearsal' });
});

t.test('what is not required is left out', async (t) => {
  t.strictSame(inventInput({ type: 'object', properties: { x: { type: 'string' } } }), {});
  t.equal(needsNothing({ type: 'object' }), true);
  t.equal(needsNothing({ type: 'object', required: ['x'] }), false);
  t.equal(needsNothing(undefined), true);
});

t.test('every sample tool takes what is invented for it', async (t) => {
  const ajv = new Ajv2020();
  formats.default(ajv);
  const { tools } = JSON.parse(readFileSync('examples/tools.json', 'utf8'));
  for (const { name, inputSchema } of tools) {
    t.ok(ajv.validate(inputSchema, inventInput(inputSchema)), name);
  }
});
