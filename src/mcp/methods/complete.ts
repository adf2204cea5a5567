import { admit } from '../../calls/authorize.ts';
import type { Caller } from '../../calls/caller.ts';
import type { Catalog } from '../../tools/catalog.ts';
import type { Method } from '../asked.ts';
import { codes, isObject, type Params, ProtocolError } from '../protocol/message.ts';

const invalid = (what: string): ProtocolError => new ProtocolError(codes.invalidParams, what);

/** Values in one answer (MCP, completion). */
const mostValues = 100;

/** The arguments of what is completed; a template's variables have no values to choose from. */
function argumentsOf(catalog: Catalog, ref: Params, caller: Caller | undefined) {
  const { type, name, uri } = ref;
  if (type === 'ref/resource') {
    const template = catalog.templates.find(({ uriTemplate }) => uriTemplate === uri);
    if (!template) throw invalid('There is no resource template of this URI.');
    admit(template, caller, catalog.scopes);
    return [...template.uriTemplate.matchAll(/\{([^}]*)\}/g)].map(([, variable]) => ({
      name: variable,
      values: [],
    }));
  }
  const prompt = typeof name === 'string' ? catalog.prompts.get(name) : undefined;
  if (type !== 'ref/prompt' || !prompt) throw invalid('There is no prompt of this name.');
  admit(prompt, caller, catalog.scopes);
  return prompt.arguments;
}

/** `completion/complete`: from the values the catalog names for an argument of a prompt. */
export function complete(catalog: Catalog): Method {
  return ({ params, request }) => {
    const { ref, argument } = params;
    if (!isObject(ref) || !isObject(argument)) throw invalid('Completion needs ref and argument.');
    const { name: completed, value: typed = '' } = argument;
    if (typeof typed !== 'string') throw invalid('The value to complete is no text.');
    const known = argumentsOf(catalog, ref, request.caller).find(({ name }) => name === completed);
    if (!known) throw invalid('There is no argument of this name.');
    const start = typed.toLowerCase();
    const all = (known.values ?? []).filter((value) => value.toLowerCase().startsWith(start));
    const values = all.slice(0, mostValues);
    const hasMore = all.length > values.length;
    return { result: { completion: { values, total: all.length, hasMore } } };
  };
}
