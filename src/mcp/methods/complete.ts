import { admit } from '../../calls/authorize.ts';
import type { Catalog } from '../../tools/catalog.ts';
import type { Method } from '../asked.ts';
import { codes, isObject, ProtocolError } from '../protocol/message.ts';

const invalid = (what: string): ProtocolError => new ProtocolError(codes.invalidParams, what);

/** Values in one answer (MCP, completion). */
const mostValues = 100;

/** `completion/complete`: from the values the catalog names for an argument of a prompt. */
export function complete(catalog: Catalog): Method {
  return ({ params, request }) => {
    const { ref, argument } = params;
    if (!isObject(ref) || !isObject(argument)) throw invalid('Completion needs ref and argument.');
    const { name: wanted } = ref;
    const prompt = typeof wanted === 'string' ? catalog.prompts.get(wanted) : undefined;
    if (ref['type'] === 'ref/prompt' && !prompt) throw invalid('There is no prompt of this name.');
    if (prompt) admit(prompt, request.caller, catalog.scopes);
    const { name: completed, value: typed = '' } = argument;
    if (typeof typed !== 'string') throw invalid('The value to complete is no text.');
    const known = prompt?.arguments.find(({ name }) => name === completed);
    const start = typed.toLowerCase();
    const all = (known?.values ?? []).filter((value) => value.toLowerCase().startsWith(start));
    const values = all.slice(0, mostValues);
    const hasMore = all.length > values.length;
    return { result: { completion: { values, total: all.length, hasMore } } };
  };
}
