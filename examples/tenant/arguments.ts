import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { TenantOptions } from './tenant.ts';

export const usage = `usage: npm run tenant -- [options]            (environment variable)
  --port 9999                                   TENANT_PORT
  --mode strict|permissive                      TENANT_MODE
  --audience http://127.0.0.1:8080/mcp          OAUTH_AUDIENCE
  --scopes events:read,events:write             TENANT_SCOPES
  --webhook http://127.0.0.1:8080/auth0-log-webhook   TENANT_WEBHOOK
  --webhook-secret SECRET (default: random)     LOG_WEBHOOK_SECRET
The machine client is MGMT_CLIENT_ID and MGMT_CLIENT_SECRET of the environment, or a random one.
`;

const settings = z.object({
  port: z.coerce.number('must be a number').int().min(0).max(65_535),
  mode: z.enum(['strict', 'permissive'], 'must be strict or permissive'),
  audience: z.string().min(1),
  scopes: z.string().transform((list) => list.split(',').filter(Boolean)),
  webhook: z.url('must be a URL'),
  secret: z.string().min(1),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
});

export type Wanted =
  | { options: TenantOptions; webhook: { url: string; secret: string } }
  | { problem: string };

const flags = {
  port: { type: 'string' },
  mode: { type: 'string' },
  audience: { type: 'string' },
  scopes: { type: 'string' },
  webhook: { type: 'string' },
  'webhook-secret': { type: 'string' },
} as const;

/** The tenant a command line and an environment ask for (a flag wins), or what is wrong with them. */
export function readArguments(args: string[], env: Record<string, string | undefined>): Wanted {
  try {
    const { values } = parseArgs({ args, options: flags });
    const read = settings.safeParse({
      port: values.port ?? env['TENANT_PORT'] ?? '9999',
      mode: values.mode ?? env['TENANT_MODE'] ?? 'strict',
      audience: values.audience ?? env['OAUTH_AUDIENCE'] ?? 'http://127.0.0.1:8080/mcp',
      scopes: values.scopes ?? env['TENANT_SCOPES'] ?? 'events:read,events:write',
      webhook: values.webhook ?? env['TENANT_WEBHOOK'] ?? 'http://127.0.0.1:8080/auth0-log-webhook',
      secret: values['webhook-secret'] ?? env['LOG_WEBHOOK_SECRET'] ?? randomSecret(),
      clientId: env['MGMT_CLIENT_ID'] ?? 'pretendGatewayMachineClient',
      clientSecret: env['MGMT_CLIENT_SECRET'] ?? randomSecret(),
    });
    if (!read.success) return { problem: z.prettifyError(read.error) };
    const { port, mode, audience, scopes, webhook, secret, clientId, clientSecret } = read.data;
    const logStream = { url: webhook, authorization: `Bearer ${secret}` };
    const management = { clientId, clientSecret };
    const options = { port, mode, audience, scopes, management, logStream };
    return { options, webhook: { url: webhook, secret } };
  } catch (error) {
    return { problem: String(error) };
  }
}

const randomSecret = (): string => randomBytes(24).toString('base64url');
