import { randomBytes, randomInt } from 'node:crypto';
import { z } from 'zod';
import type { Client, SecurityMode } from '../state.ts';

const loopback = ['localhost', '127.0.0.1', '[::1]'];
const scripts = [
  'javascript:',
  'vbscript:',
  'data:',
  'blob:',
  'file:',
  'about:',
  'ws:',
  'wss:',
  'ftp:',
];

/** An absolute URI without fragment: https, http on loopback, or a scheme of the application's own (RFC 8252). */
function redirectAllowed(uri: string): boolean {
  const url = URL.parse(uri);
  if (url === null || uri.includes('#')) return false;
  if (url.protocol === 'http:') return loopback.includes(url.hostname);
  return !scripts.includes(url.protocol);
}

const strictGrants = ['authorization_code', 'refresh_token'];
const methods = ['none', 'client_secret_post', 'client_secret_basic'] as const;

/** What is read of a registration (RFC 7591 §2); `scope` and everything else is dropped. */
const metadata = z.object({
  redirect_uris: z.array(z.string().refine(redirectAllowed, 'not an allowed URI')).min(1),
  client_name: z.string().min(1).default('My App'),
  logo_uri: z.string().optional(),
  grant_types: z.array(z.string()).default(strictGrants),
  response_types: z.array(z.literal('code')).default(['code']),
  token_endpoint_auth_method: z.enum(methods).default('client_secret_post'),
});

/** A refusal of RFC 7591 §3.2.2. */
export interface Unregistered {
  error: 'invalid_redirect_uri' | 'invalid_client_metadata';
  error_description: string;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const randomId = (): string =>
  Array.from({ length: 32 }, () => letters[randomInt(letters.length)]).join('');

/**
 * Makes the client a registration asks for, as the tenant's mode wants it: `tpc_...` and confined to the code flow
 * when strict, an ordinary client id when permissive; third-party and marked `dcr` in both. Does not keep it.
 * The words of a refusal are synthetic.
 */
export function makeClient(mode: SecurityMode, body: unknown): Client | Unregistered {
  const read = metadata.safeParse(body);
  if (!read.success) return explain(read.error.issues[0]);
  const wanted = read.data;
  const other = wanted.grant_types.find((grant) => !strictGrants.includes(grant));
  if (mode === 'strict' && other !== undefined) {
    const error_description = `grant_types: ${other} is not allowed for third-party clients`;
    return { error: 'invalid_client_metadata', error_description };
  }
  const method = wanted.token_endpoint_auth_method;
  return {
    client_id: mode === 'strict' ? `tpc_${randomId()}` : randomId(),
    ...(method === 'none' ? {} : { client_secret: randomBytes(48).toString('base64url') }),
    name: wanted.client_name,
    ...(wanted.logo_uri === undefined ? {} : { logo_uri: wanted.logo_uri }),
    is_first_party: false,
    third_party_security_mode: mode,
    external_metadata_type: 'dcr',
    external_metadata_created_by: 'client',
    created_at: new Date().toISOString(),
    callbacks: wanted.redirect_uris,
    grant_types: wanted.grant_types,
    token_endpoint_auth_method: method,
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
    oidc_conformant: true,
    global: false,
  };
}

function explain(issue: z.core.$ZodIssue | undefined): Unregistered {
  const where = String(issue?.path.join('.'));
  const uris = where.startsWith('redirect_uris');
  return {
    error: uris ? 'invalid_redirect_uri' : 'invalid_client_metadata',
    error_description: `${where}: ${issue?.message}`,
  };
}
