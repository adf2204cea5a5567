import { z } from 'zod';
import { allowed, calling, nameSchema, openOrScoped, pathSchema, shown } from './fields.ts';
import { absoluteUri } from './uri-template.ts';

const none = (beside: string) =>
  z.never({ error: `stands beside ${beside}: write one of the two` }).optional();

const common = {
  name: nameSchema,
  ...shown,
  mimeType: z.string().min(1).optional().describe('Such as text/html;profile=mcp-app'),
  annotations: z
    .strictObject({
      audience: z.array(z.enum(['user', 'assistant'])).optional(),
      priority: z.number().min(0).max(1).optional().describe('1 = required, 0 = optional'),
      lastModified: z.iso.datetime({ offset: true }).optional(),
    })
    .optional()
    .describe('Annotations of the MCP specification'),
  ...allowed,
};

const uri = z
  .string('is missing: a resource has a uri or a uriTemplate')
  .regex(absoluteUri, 'is no absolute URI (RFC 3986)')
  .describe('Absolute, such as ui://widget/events.html');

const live = { path: pathSchema, file: none('path'), ...calling };

/** A resource whose text or bytes stand in a file. */
export const fileSchema = openOrScoped(
  'resource',
  z.strictObject({
    uri,
    ...common,
    file: z
      .string('is missing: a resource has a file or a path')
      .min(1)
      .describe('Relative to the catalog; read at start'),
  }),
);

/** A resource that the backend reads. */
export const liveSchema = openOrScoped('resource', z.strictObject({ uri, ...common, ...live }));

/** Many resources that the backend reads. */
export const templateSchema = openOrScoped(
  'resource',
  z.strictObject({
    uriTemplate: z.string().min(1).describe('RFC 6570 level 1, such as events://{day}'),
    uri: none('uriTemplate'),
    ...common,
    ...live,
  }),
);

/** One resource as written. */
export const resourceSchema = z.union([fileSchema, liveSchema, templateSchema]);

export type FileEntry = z.output<typeof fileSchema>;
