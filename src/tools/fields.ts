import { z } from 'zod';

/** One way to write an icon (MCP 2026-07-28, basic, Icons). */
const iconSchema = z.strictObject({
  src: z
    .string()
    .regex(/^(https:\/\/|data:image\/)[!-~]+$/, 'is neither an https: URL nor data:image/…')
    .describe('An https: URL, or data:image/…'),
  mimeType: z.string().min(1).optional().describe('Such as image/png'),
  sizes: z
    .array(z.string().regex(/^(\d+x\d+|any)$/, 'is neither a size such as 48x48 nor any'))
    .optional()
    .describe('Such as 48x48, or any for one that scales'),
  theme: z.enum(['light', 'dark']).optional().describe('The background it is made for'),
});

export type Icon = z.output<typeof iconSchema>;

/** How whatever the catalog offers is shown. */
export const shown = {
  title: z.string().min(1).optional().describe('For people'),
  description: z.string().min(1).optional().describe('For the model: what it is for'),
  icons: z.array(iconSchema).optional().describe('For people'),
  _meta: z.record(z.string(), z.unknown()).optional().describe('Copied verbatim'),
};

/** Who may use it. */
export const allowed = {
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is no scope (RFC 6749 §3.3)'))
    .default([])
    .describe('All are required; empty = a token but no scope'),
  public: z.boolean().default(false).describe('Usable without a token'),
};

/** Refuses scopes of what is public. */
export const openOrScoped = <T extends z.ZodType<{ public: boolean; scopes: readonly string[] }>>(
  kind: string,
  schema: T,
): T =>
  schema.refine((entry) => !entry.public || entry.scopes.length === 0, {
    path: ['scopes'],
    error: `a public ${kind} has no scopes: anyone may use it`,
  });

/** The name of a resource, a prompt or an argument; the first two go into a signed header. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'is not 1 to 64 letters, digits, _ . or -')
  .describe('Letters, digits, _ . and -');

/** Where the backend serves it. */
export const pathSchema = z
  .string()
  .regex(
    /^(?!\.{1,2}(\/|$))[A-Za-z0-9_.~-]+(\/(?!\.{1,2}(\/|$))[A-Za-z0-9_.~-]+)*$/,
    'is not a plain relative path: segments of letters, digits, _ . ~ - with / between',
  )
  .describe('Below FUNCTIONS_BASE');

/** How it is called. */
export const calling = {
  timeoutMs: z.int().min(1).max(600_000).default(30_000).describe('Deadline in milliseconds'),
  maxConcurrent: z
    .int()
    .min(1)
    .max(10_000)
    .default(64)
    .describe('Calls at the backend at once, in each replica'),
  maxQueued: z
    .int()
    .min(0)
    .max(10_000)
    .default(64)
    .describe('Calls that may wait for one of those places; more are refused'),
  maxAnswerBytes: z
    .int()
    .min(1)
    .max(1_073_741_824)
    .default(10_485_760)
    .describe('Longest answer; it is held in memory for MCP'),
  rateLimitPerMinute: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Calls of it by one caller in a minute; unset = only RATE_LIMIT_PER_MINUTE'),
  interactive: z
    .boolean()
    .default(false)
    .describe('The backend may ask back (input_required) and gets the envelope of such calls'),
};
