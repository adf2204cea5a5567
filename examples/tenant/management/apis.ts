import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Api, State } from '../state.ts';
import { answerList, paging } from './page.ts';
import { readBody, readQuery, several } from './read.ts';
import { absent, invalidBody, Refusal } from './refusal.ts';
import type { Answer, Call, Route } from './route.ts';

const listQuery = z.strictObject({ ...paging, identifiers: several.optional() });

const patch = z.strictObject({
  name: z.string().min(1).exactOptional(),
  scopes: z
    .array(z.strictObject({ value: z.string().min(1), description: z.string().exactOptional() }))
    .exactOptional(),
  signing_alg: z.literal('RS256').exactOptional(),
  enforce_policies: z.boolean().exactOptional(),
  token_dialect: z
    .enum(['access_token', 'access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz'])
    .exactOptional(),
  token_lifetime: z.number().int().min(1).max(2_592_000).exactOptional(),
  allow_offline_access: z.boolean().exactOptional(),
});

/** The identifier is fixed at creation. */
const creation = patch.extend({ identifier: z.string().min(1) });

/** The API with that identifier, or with that id as Auth0 allows; a 404 when there is none. */
export function apiOf(state: State, key: string): Api {
  const api = state.apis.get(key) ?? [...state.apis.values()].find(({ id }) => id === key);
  if (api === undefined) throw absent('resource server');
  return api;
}

function list({ state, query }: Call): Answer {
  const wanted = readQuery(listQuery, query);
  const found = [...state.apis.values()].filter(
    ({ identifier }) => wanted.identifiers?.includes(identifier) ?? true,
  );
  return { status: 200, body: answerList(found, wanted, 'resource_servers') };
}

function create({ state, body }: Call): Answer {
  const wanted = readBody(creation, body);
  if (state.apis.has(wanted.identifier)) {
    throw new Refusal(
      409,
      'resource_server_exists',
      'A resource server with this identifier exists',
    );
  }
  const api: Api = {
    id: randomBytes(12).toString('hex'),
    name: wanted.identifier,
    scopes: [],
    signing_alg: 'RS256',
    enforce_policies: false,
    token_dialect: 'access_token',
    token_lifetime: 86_400,
    allow_offline_access: false,
    ...wanted,
  };
  state.apis.set(api.identifier, api);
  return { status: 201, body: api };
}

function update({ state, id, body }: Call): Answer {
  const api = apiOf(state, id);
  if (api.is_system) throw invalidBody('A system resource server cannot be changed');
  return { status: 200, body: Object.assign(api, readBody(patch, body)) };
}

export const apiRoutes: Route[] = [
  { method: 'GET', path: '/resource-servers', scope: 'read:resource_servers', run: list },
  {
    method: 'GET',
    path: '/resource-servers/:id',
    scope: 'read:resource_servers',
    run: ({ state, id }) => ({ status: 200, body: apiOf(state, id) }),
  },
  {
    method: 'POST',
    path: '/resource-servers',
    scope: 'create:resource_servers',
    run: create,
    log: 'Create a resource server',
  },
  {
    method: 'PATCH',
    path: '/resource-servers/:id',
    scope: 'update:resource_servers',
    run: update,
    log: 'Update a resource server',
  },
];
