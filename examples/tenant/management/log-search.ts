import type { LogRecord } from '../state.ts';
import { Refusal } from './refusal.ts';

/**
 * A test for one log record out of Auth0's log search syntax, as far as this tenant knows it: terms
 * `type:` and `description:`, a value with blanks in double quotes, joined by ` AND `.
 * Throws a 400 for everything else.
 */
export function readSearch(query: string): (record: LogRecord) => boolean {
  const terms = query.split(' AND ').map((term) => {
    const found = /^(type|description):(?:"([^"]*)"|(\S+))$/.exec(term.trim());
    if (found === null) {
      throw new Refusal(400, 'invalid_query_string', `Unsupported log search: ${term}`);
    }
    const [, field, quoted, plain] = found;
    return { field: String(field), value: quoted ?? plain };
  });
  return (record) => terms.every(({ field, value }) => record[field] === value);
}
