import type { Catalog, Tool } from '../tools/catalog.ts';

/** How ChatGPT learns whether a tool needs a login, and with which scopes. */
const securitySchemes = ({ public: open, scopes }: Tool) => [
  ...(open ? [{ type: 'noauth' }] : []),
  { type: 'oauth2', scopes },
];

function describe(tool: Tool): object {
  const { name, title, description, inputSchema, outputSchema, annotations, _meta } = tool;
  const schemes = securitySchemes(tool);
  return {
    name,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    inputSchema,
    ...(outputSchema === undefined ? {} : { outputSchema }),
    annotations,
    securitySchemes: schemes,
    _meta: { ..._meta, securitySchemes: schemes },
  };
}

/**
 * Describes the catalog for `tools/list`, once.
 * @returns a function that lists the tools a predicate lets through, in the catalog's order.
 */
export function createToolList(catalog: Catalog): (shown: (tool: Tool) => boolean) => object[] {
  const described = [...catalog.tools.values()].map((tool) => ({ tool, text: describe(tool) }));
  return (shown) => described.filter(({ tool }) => shown(tool)).map(({ text }) => text);
}
