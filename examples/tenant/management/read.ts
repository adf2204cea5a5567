import { z } from 'zod';
import { invalidBody, Refusal } from './refusal.ts';

/** First finding of a failed validation in the words Auth0's validator uses. */
function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  const where = issue?.path.length ? ` on property ${issue.path.join('.')}` : '';
  if (issue?.code === 'unrecognized_keys') {
    return `Additional properties not allowed: ${issue.keys.join(', ')}${where}`;
  }
  return `${issue?.message}${where}`;
}

/** The payload as the schema describes it. Throws a 400 `invalid_body` naming the first mistake. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body);
  if (!read.success) throw invalidBody(firstProblem(read.error));
  return read.data;
}

/**
 * The query as the schema describes it; a key that occurs several times is an array.
 * Throws a 400 `invalid_query_string` naming the first mistake.
 */
export function readQuery<T>(schema: z.ZodType<T>, query: URLSearchParams): T {
  const values = [...new Set(query.keys())].map((key) => {
    const all = query.getAll(key);
    return [key, all.length > 1 ? all : all[0]];
  });
  const read = schema.safeParse(Object.fromEntries(values));
  if (!read.success) {
    const message = `Query validation error: '${firstProblem(read.error)}'.`;
    throw new Refusal(400, 'invalid_query_string', message);
  }
  return read.data;
}

/** `true` or `false` in a query. */
export const flag = z.stringbool({ truthy: ['true'], falsy: ['false'] });

/** One value or several in a query, always as an array. */
export const several = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => [value].flat());
