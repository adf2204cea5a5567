import type { Tool } from '../../tools/tool.ts';
import { flatKey, widgetOf } from '../../tools/widget.ts';
import type { Era } from '../protocol/versions.ts';
import { isObjectSchema } from './output-check.ts';

/** How ChatGPT learns whether a tool needs a login, and with which scopes. */
const securitySchemes = ({ public: open, scopes }: Tool) => [
  ...(open ? [{ type: 'noauth' }] : []),
  { type: 'oauth2', scopes },
];

/** A tool as `tools/list` tells it. */
export function describeTool(tool: Tool, era: Era): object {
  const { name, title, description, icons, inputSchema, outputSchema, annotations, _meta } = tool;
  const schemes = securitySchemes(tool);
  const widget = widgetOf(tool);
  const told = outputSchema && (era === 'modern' || isObjectSchema(outputSchema));
  return {
    name,
    title,
    ...(description === undefined ? {} : { description }),
    ...(icons === undefined ? {} : { icons }),
    inputSchema,
    ...(told ? { outputSchema } : {}),
    annotations,
    securitySchemes: schemes,
    // What the catalog says by the flat key wins.
    _meta: {
      ...(typeof widget === 'string' ? { [flatKey]: widget } : {}),
      ..._meta,
      securitySchemes: schemes,
    },
  };
}
