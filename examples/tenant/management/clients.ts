import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Client, State } from '../state.ts';
import { type ClientPatch, creation, openPatch, strictPatch } from './client-payload.ts';
import { answerList, paging, pick } from './page.ts';
import { flag, readBody, readQuery } from './read.ts';
import { absent, invalidBody } from './refusal.ts';
import type { Answer, Call, Route } from './route.ts';

const listQuery = z.strictObject({
  ...paging,
  is_first_party: flag.optional(),
  is_global: flag.optional(),
  app_type: z.string().optional(),
  external_client_id: z.string().optional(),
});

const oneQuery = z.strictObject({ fields: paging.fields, include_fields: paging.include_fields });

const metadataProperties = 10;

/** A secret as long as Auth0's. */
const newSecret = (): string => randomBytes(48).toString('base64url');

/** What a token without `read:client_keys` is shown; this tenant issues none with it. */
function withoutSecret(client: Client): Omit<Client, 'client_secret'> {
  const { client_secret: _, ...shown } = client;
  return shown;
}

/** The client of that id, or a 404. */
export function clientOf(state: State, id: string): Client {
  const client = state.clients.get(id);
  if (client === undefined) throw absent('client');
  return client;
}

function list({ state, query }: Call): Answer {
  const wanted = readQuery(listQuery, query);
  const same = (asked: unknown, has: unknown) => asked === undefined || asked === has;
  const found = [...state.clients.values()].filter(
    (client) =>
      same(wanted.is_first_party, client.is_first_party) &&
      same(wanted.is_global, client.global) &&
      same(wanted.app_type, client.app_type) &&
      same(wanted.external_client_id, client.external_client_id),
  );
  return { status: 200, body: answerList(found.map(withoutSecret), wanted, 'clients') };
}

function get({ state, id, query }: Call): Answer {
  const wanted = readQuery(oneQuery, query);
  return { status: 200, body: pick(withoutSecret(clientOf(state, id)), wanted) };
}

function create({ state, body }: Call): Answer {
  const { third_party_security_mode: mode, ...fields } = readBody(creation, body);
  const thirdParty = fields.is_first_party === false;
  if (mode !== undefined && !thirdParty) {
    throw invalidBody('third_party_security_mode is for third-party clients');
  }
  const security = mode ?? state.settings.dynamic_client_registration_security_mode;
  const strict = thirdParty && security === 'strict';
  const client: Client = {
    client_id: `${strict ? 'tpc_' : ''}${randomBytes(16).toString('hex')}`,
    name: fields.name,
    is_first_party: !thirdParty,
    ...(thirdParty ? { third_party_security_mode: security } : {}),
    callbacks: [],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_post',
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
    oidc_conformant: true,
    global: false,
  };
  apply(client, strict ? withoutOwnership(fields) : fields);
  state.clients.set(client.client_id, client);
  return { status: 201, body: client };
}

/** A strict client is created within the limits a PATCH would keep it in. */
function withoutOwnership({ is_first_party: _, ...fields }: ClientPatch): ClientPatch {
  return readBody(strictPatch, fields);
}

function update({ state, id, body }: Call): Answer {
  const client = clientOf(state, id);
  const strict = client.third_party_security_mode === 'strict';
  apply(client, readBody<ClientPatch>(strict ? strictPatch : openPatch, body));
  return { status: 200, body: withoutSecret(client) };
}

/** Changes `client` as a PATCH does: metadata and JWT settings key by key, everything else whole. */
function apply(client: Client, patch: ClientPatch): void {
  const { client_metadata: metadata, jwt_configuration: jwt, ...whole } = patch;
  if (metadata !== undefined) client.client_metadata = mergeMetadata(client, metadata);
  Object.assign(client.jwt_configuration, jwt);
  Object.assign(client, whole);
  if (client.is_first_party) delete client.third_party_security_mode;
  else client.third_party_security_mode ??= 'permissive';
  if (client.token_endpoint_auth_method !== 'none') client.client_secret ??= newSecret();
}

/** Keys sent as null are deleted, the others set; at most ten stay. */
function mergeMetadata(
  client: Client,
  sent: Record<string, string | null>,
): Record<string, string> {
  const merged = Object.entries({ ...client.client_metadata, ...sent }).flatMap(([key, value]) =>
    value === null ? [] : [[key, value] as const],
  );
  if (merged.length > metadataProperties) {
    throw invalidBody(`client_metadata has more than ${metadataProperties} properties`);
  }
  return Object.fromEntries(merged);
}

/** The client's grants, its place in the connections and all people's consents and tokens go with it. */
function remove({ state, id }: Call): Answer {
  const document = state.clients.get(id)?.external_client_id;
  state.clients.delete(id);
  for (const [key, { clientId }] of state.kept) {
    if (clientId === id || (clientId !== undefined && clientId === document))
      state.kept.delete(key);
  }
  for (const grant of state.clientGrants.values()) {
    if (grant.client_id === id) state.clientGrants.delete(grant.id);
  }
  for (const connection of state.connections.values()) connection.enabledFor.delete(id);
  return { status: 204 };
}

export const clientRoutes: Route[] = [
  { method: 'GET', path: '/clients', scope: 'read:clients', run: list },
  { method: 'GET', path: '/clients/:id', scope: 'read:clients', run: get },
  {
    method: 'POST',
    path: '/clients',
    scope: 'create:clients',
    run: create,
    log: 'Create a client',
  },
  {
    method: 'PATCH',
    path: '/clients/:id',
    scope: 'update:clients',
    run: update,
    log: 'Update a client',
  },
  {
    method: 'DELETE',
    path: '/clients/:id',
    scope: 'delete:clients',
    run: remove,
    log: 'Delete a client',
  },
];
