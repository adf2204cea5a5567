import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** Says what is wrong with a value, or undefined when it fits. */
export type Validate = (value: unknown) => string | undefined;

const describe = (errors: readonly ErrorObject[]): string =>
  errors.map(({ instancePath, message }) => `${instancePath || 'input'} ${message}`).join('; ');

/**
 * Compiles JSON Schemas 2020-12. Values are judged, never changed: no defaults, no coercion.
 * @returns a function that compiles one schema and throws when the schema itself is wrong.
 */
export function createCompiler(): (schema: object) => Validate {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: false,
    // A property called `constructor` is there only when the value has its own.
    ownProperties: true,
    // Schemas stand alone: two tools may use the same $id.
    addUsedSchema: false,
  });
  formats.default(ajv);
  return (schema) => {
    // An asynchronous check would return a promise, which is always true.
    const check = ajv.compile({ ...schema, $async: false });
    return (value) => (check(value) ? undefined : describe(check.errors as ErrorObject[]));
  };
}
