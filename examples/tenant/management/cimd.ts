import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Client, State } from '../state.ts';
import { readBody } from './read.ts';
import { invalidBody } from './refusal.ts';
import type { Answer, Call, Route } from './route.ts';

const asked = z.strictObject({ external_client_id: z.url({ protocol: /^https$/ }) });

/** What is read of a client ID metadata document; the members are those of RFC 7591 §2. */
const metadata = z.object({
  client_id: z.string(),
  client_name: z.string().min(1),
  redirect_uris: z.array(z.url()).min(1),
  grant_types: z.array(z.string()).default(['authorization_code']),
  // Auth0 takes private_key_jwt too; this tenant knows no keys of clients.
  token_endpoint_auth_method: z.literal('none').default('none'),
  logo_uri: z.url().optional(),
});

type Fields = Pick<Client, 'name' | 'callbacks' | 'grant_types' | 'token_endpoint_auth_method'>;

interface Look {
  existing: Client | undefined;
  /** Why the document could not be fetched. */
  errors: string[];
  violations: string[];
  fields: Fields | undefined;
}

/** Fetches and judges a document, from where the switchboard says it is. The words are synthetic. */
async function look(state: State, url: string): Promise<Look> {
  const existing = [...state.clients.values()].find((each) => each.external_client_id === url);
  const seen = { existing, errors: [], violations: [], fields: undefined };
  const answer = await fetch(state.documents.get(url) ?? 'http://127.0.0.1:1/').catch(
    () => undefined,
  );
  if (!answer?.ok)
    return { ...seen, errors: [`The metadata document at ${url} cannot be fetched`] };
  const read = metadata.safeParse(await answer.json().catch(() => undefined));
  if (!read.success) {
    return {
      ...seen,
      violations: read.error.issues.map((issue) => `${issue.path}: ${issue.message}`),
    };
  }
  const document = read.data;
  if (document.client_id !== url) {
    return { ...seen, violations: ['client_id: is not the URL of the document'] };
  }
  return {
    ...seen,
    fields: {
      name: document.client_name,
      callbacks: document.redirect_uris,
      grant_types: document.grant_types,
      token_endpoint_auth_method: document.token_endpoint_auth_method,
    },
  };
}

const validation = (violations: string[]) => ({
  valid: violations.length === 0,
  violations,
  warnings: [],
});

async function preview({ state, body }: Call): Promise<Answer> {
  const { external_client_id: url } = readBody(asked, body);
  const { existing, errors, violations, fields } = await look(state, url);
  return {
    status: 200,
    body: {
      ...(existing === undefined ? {} : { client_id: existing.client_id }),
      ...(errors.length > 0 ? { errors } : { validation: validation(violations) }),
      ...(fields === undefined ? {} : { mapped_fields: { external_client_id: url, ...fields } }),
    },
  };
}

/** An upsert by the URL: what the document does not speak of stays as it is. */
async function register({ state, body }: Call): Promise<Answer> {
  const { external_client_id: url } = readBody(asked, body);
  const { existing, errors, violations, fields } = await look(state, url);
  if (fields === undefined) throw invalidBody([...errors, ...violations].join('; '));
  const client: Client = existing ?? {
    client_id: `tpc_${randomBytes(16).toString('hex')}`,
    is_first_party: false,
    third_party_security_mode: 'strict',
    external_metadata_type: 'cimd',
    external_metadata_created_by: 'admin',
    external_client_id: url,
    created_at: new Date().toISOString(),
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
    oidc_conformant: true,
    global: false,
    ...fields,
  };
  Object.assign(client, fields);
  state.clients.set(client.client_id, client);
  return {
    status: existing === undefined ? 201 : 200,
    body: {
      client_id: client.client_id,
      mapped_fields: { external_client_id: url, ...fields },
      validation: validation([]),
    },
  };
}

export const cimdRoutes: Route[] = [
  { method: 'POST', path: '/clients/cimd/preview', scope: 'create:clients', run: preview },
  {
    method: 'POST',
    path: '/clients/cimd/register',
    scope: 'create:clients',
    run: register,
    log: 'Register a CIMD client',
  },
];
