import { z } from 'zod';

/** As much of JSON Schema as is read here; an unreadable part counts as absent. */
const schemaShape = z.looseObject({
  type: z.union([z.string(), z.array(z.string()).transform(notNull)]).catch(''),
  format: z.string().catch(''),
  enum: z.array(z.unknown()).catch([]),
  examples: z.array(z.unknown()).catch([]),
  required: z.array(z.string()).catch([]),
  properties: z.record(z.string(), z.unknown()).catch({}),
  items: z.unknown().optional(),
  minItems: z.number().catch(0),
  minLength: z.number().catch(0),
  maxLength: z.number().catch(Number.POSITIVE_INFINITY),
  minimum: z.number().catch(Number.NEGATIVE_INFINITY),
  exclusiveMinimum: z.number().catch(Number.NEGATIVE_INFINITY),
  maximum: z.number().catch(Number.POSITIVE_INFINITY),
  multipleOf: z.number().catch(1),
  $ref: z.string().catch(''),
});

type Schema = z.output<typeof schemaShape>;

function notNull(types: string[]): string {
  return types.find((type) => type !== 'null') ?? 'null';
}

const texts: Record<string, string> = {
  'date-time': '2030-01-02T03:04:05Z',
  date: '2030-01-02',
  time: '03:04:05Z',
  email: 'rehearsal@example.com',
  uri: 'https://example.com/rehearsal',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/** A deeper schema refers to itself; what is left out there is for the server to complain about. */
const deepest = 8;

/** The least input a tool's schema lets by: required properties only. Patterns and conditions are not read. */
export function inventInput(schema: unknown): Record<string, unknown> {
  return Object(inventValue(schema, schema, 0)) as Record<string, unknown>;
}

/** True when the tool takes an empty input. */
export const needsNothing = (schema: unknown): boolean =>
  schemaShape.catch(schemaShape.parse({})).parse(schema).required.length === 0;

function inventValue(given: unknown, root: unknown, depth: number): unknown {
  const read = schemaShape.safeParse(given);
  if (!read.success || depth > deepest) return 'rehearsal';
  const schema = read.data;
  const [shown] = [
    ...('const' in schema ? [schema['const']] : []),
    ...('default' in schema ? [schema['default']] : []),
    ...schema.examples,
    ...schema.enum,
  ];
  if (shown !== undefined) return shown;
  const other = branch(schema, root);
  if (other !== undefined) return inventValue(other, root, depth + 1);
  return byType(schema, root, depth);
}

/** The schema this one hands over to: a reference within the document, or the first of several. */
function branch(schema: Schema, root: unknown): unknown {
  if (schema.$ref.startsWith('#/')) {
    const path = schema.$ref.slice(2).split('/');
    return path.reduce<unknown>((at, key) => Object(at)[key], root);
  }
  for (const name of ['anyOf', 'oneOf', 'allOf']) {
    const [first] = Array.isArray(schema[name]) ? schema[name] : [];
    if (first !== undefined) return first;
  }
  return undefined;
}

function byType(schema: Schema, root: unknown, depth: number): unknown {
  switch (schema.type || (Object.keys(schema.properties).length > 0 ? 'object' : 'string')) {
    case 'object':
      return Object.fromEntries(
        schema.required.map((name) => [
          name,
          inventValue(schema.properties[name] ?? {}, root, depth + 1),
        ]),
      );
    case 'array':
      return Array.from({ length: schema.minItems }, () =>
        inventValue(schema.items ?? {}, root, depth + 1),
      );
    case 'integer':
    case 'number':
      return inventNumber(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return inventText(schema);
  }
}

function inventNumber(schema: Schema): number {
  const { multipleOf: step } = schema;
  const least = Math.max(schema.minimum, schema.exclusiveMinimum + step);
  const number = Number.isFinite(least) ? Math.ceil(least / step) * step : step;
  return Math.min(number, schema.maximum);
}

function inventText(schema: Schema): string {
  const known = texts[schema.format];
  if (known !== undefined) return known;
  return 'rehearsal'.padEnd(schema.minLength, '.').slice(0, schema.maxLength);
}
