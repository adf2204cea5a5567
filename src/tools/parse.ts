import type { z } from 'zod';

/** Where what is found in one entry of the catalog goes; its name is added there. */
export interface Ask {
  /** A problem: the gateway does not start. */
  readonly report: (what: string) => void;
  readonly warn: (what: string) => void;
}

/** What is wrong and where, in one line. */
export const issueText = ({ path, message }: z.core.$ZodIssue): string =>
  [...(path.length > 0 ? [path.join('.')] : []), message].join(': ');

/** Members that other gateways and the specification have, by what says the same here. */
const instead = new Map([
  ['scope', 'is written scopes'],
  ['securitySchemes', 'is made from scopes and public'],
]);

/** The same for an entry, which is told what to write for a member that it cannot have. */
function entryText(issue: z.core.$ZodIssue): string {
  const unknown = issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [];
  const known = unknown.filter((key) => instead.has(key));
  return [issueText(issue), ...known.map((key) => `"${key}" ${instead.get(key)}`)].join('; ');
}

/** What was written as the schema reads it; undefined when it does not fit, and reported. */
export function parse<T>(
  schema: z.ZodType<T>,
  written: unknown,
  report: Ask['report'],
): T | undefined {
  const { data, error } = schema.safeParse(written);
  for (const issue of error?.issues ?? []) report(entryText(issue));
  return data;
}
