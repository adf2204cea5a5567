import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** Says what is wrong with a value, or undefined when it fits. */
export type Validate = (value: unknown) => string | undefined;

const describe = (errors: readonly ErrorObject[]): string =>
  errors.map(({ instancePath, message }) => `${instancePath || 'input'} ${message}`).join('; ');

const options: Options = {
  strict: false,
  allErrors: false,
  // A property called `constructor` is there only when the value has its own.
  ownProperties: true,
  // Schemas stand alone: two tools may use the same $id.
  addUsedSchema: false,
};

/** What `$schema` may say (any of http and https, with `#` or without). */
const dialects = [
  ['2020-12', /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/],
  ['draft-07', /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/],
] as const;

/** Which compiler a schema wants; many MCP tools say draft-07, most say nothing. */
function dialectOf(schema: { readonly $schema?: unknown }): '2020-12' | 'draft-07' {
  const { $schema = 'https://json-schema.org/draft/2020-12/schema' } = schema;
  const found = dialects.find(([, shape]) => shape.test(String($schema)));
  if (found) return found[0];
  const known = 'known are https://json-schema.org/draft/2020-12/schema and draft-07';
  throw new Error(`$schema is ${JSON.stringify($schema)}; ${known}`);
}

/**
 * Compiles JSON Schemas 2020-12, or draft-07 where `$schema` says so. Values are judged, never
 * changed: no defaults, no coercion.
 * @returns a function that compiles one schema and throws when the schema itself is wrong.
 */
export function createCompiler(): (schema: object) => Validate {
  const compilers = { '2020-12': new Ajv2020(options), 'draft-07': new Ajv(options) };
  for (const ajv of Object.values(compilers)) formats.default(ajv);
  return (schema) => {
    const ajv = compilers[dialectOf(schema)];
    // Ajv knows fewer spellings of $schema than there are.
    const { $schema: _, ...rest }: { $schema?: unknown } = schema;
    // An asynchronous check would return a promise, which is always true.
    const check = ajv.compile({ ...rest, $async: false });
    return (value) => (check(value) ? undefined : describe(check.errors as ErrorObject[]));
  };
}
