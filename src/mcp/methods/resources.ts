import { admit } from '../../calls/authorize.ts';
import { Refusal } from '../../errors.ts';
import type { Catalog } from '../../tools/catalog.ts';
import type { Resource, ResourceTemplate } from '../../tools/resource.ts';
import type { Target } from '../../tools/target.ts';
import { normalUri } from '../../tools/uri-template.ts';
import { type Answered, type Asked, type Method, subjectOf } from '../asked.ts';
import { codes, type Params, ProtocolError } from '../protocol/message.ts';
import { errorText } from '../results/error-text.ts';
import { toResourceContents, ttlOf } from '../results/resource-contents.ts';
import { cacheOfFile } from './cache.ts';
import { listOf } from './list.ts';
import { failedWith, type SourceParts, sourceError } from './source.ts';

type Entry = Resource | ResourceTemplate;

/** What a list says of an entry: all but how it is served here. */
function describe(entry: Entry): object {
  const { name, title, description, mimeType, icons, annotations, _meta } = entry;
  const where =
    'uri' in entry ? { uri: entry.uri, size: entry.size } : { uriTemplate: entry.uriTemplate };
  const described = { ...where, name, title, description, mimeType, icons, annotations, _meta };
  return Object.fromEntries(Object.entries(described).filter(([, value]) => value !== undefined));
}

const notFound = (uri: string, { era }: Asked): ProtocolError => {
  const code = era === 'modern' ? codes.invalidParams : codes.resourceNotFound;
  return new ProtocolError(code, 'Resource not found', { data: { uri } });
};

/** The entry a URI belongs to, however it is spelled, and what its template reads out of it. */
function match({ resources, templates }: Catalog, given: string): [Entry, Params] | undefined {
  const uri = normalUri(given);
  const resource = resources.get(uri);
  if (resource) return [resource, {}];
  for (const template of templates) {
    const variables = template.match(uri);
    if (variables) return [template, variables];
  }
  return undefined;
}

/** `resources/read`. */
function read(parts: SourceParts): Method {
  const { config, catalog, run, ask, onAnswered, onRefused } = parts;
  const { hostname: backend } = new URL(config.FUNCTIONS_BASE);

  const fromBackend = async (
    asked: Asked,
    entry: Entry,
    target: Target,
    input: Params & { readonly uri: string },
  ): Promise<Answered> => {
    const heard = await ask(asked, { run, target, input });
    if ('wanted' in heard) return { result: heard.wanted };
    const { answer } = heard;
    if (answer.status === 404 || answer.status === 410) throw notFound(input.uri, asked);
    if (answer.status >= 400) throw failedWith(errorText(answer, backend));
    const { mimeType, _meta } = entry;
    return {
      result: toResourceContents(answer, { uri: input.uri, mimeType, _meta }),
      cache: { ttlMs: ttlOf(answer.headers), cacheScope: 'private' },
    };
  };

  return async (asked) => {
    const { uri } = asked.params;
    if (typeof uri !== 'string') {
      throw new ProtocolError(codes.invalidParams, 'resources/read needs a uri');
    }
    const found = match(catalog, uri);
    if (!found) {
      onRefused(asked.request, new Refusal('not_found', { description: 'Resource not found' }));
      throw notFound(uri, asked);
    }
    const [entry, variables] = found;
    asked.request.toolName = `resources/${entry.name}`;
    admit(entry, asked.request.caller, catalog.scopes);
    const { source } = entry;
    if (source) {
      try {
        return await fromBackend(asked, entry, source, { ...variables, uri });
      } catch (error) {
        throw sourceError(error, asked, onRefused);
      }
    }
    const { mimeType, _meta, contents } = entry as Resource;
    const one = {
      uri,
      ...(mimeType ? { mimeType } : {}),
      ...contents,
      ...(_meta ? { _meta } : {}),
    };
    onAnswered(subjectOf(asked, `resources/${entry.name}`), 200);
    const open = entry.public && catalog.hasPublic;
    return { result: { contents: [one] }, cache: cacheOfFile(open) };
  };
}

/** The methods of resources; none where the catalog has none. */
export function resourceMethods(parts: SourceParts): [string, Method][] {
  const { resources, templates } = parts.catalog;
  if (resources.size + templates.length === 0) return [];
  const { config, catalog } = parts;
  const list = listOf(config, catalog, {
    member: 'resources',
    entries: [...resources.values()],
    keyOf: ({ uri }) => uri,
    describe,
  });
  const listTemplates = listOf(config, catalog, {
    member: 'resourceTemplates',
    entries: templates,
    keyOf: ({ uriTemplate }) => uriTemplate,
    describe,
  });
  return [
    ['resources/list', list],
    ['resources/templates/list', listTemplates],
    ['resources/read', read(parts)],
  ];
}
