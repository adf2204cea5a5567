import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { ClientGrant, State } from '../state.ts';
import { apiOf } from './apis.ts';
import { clientOf } from './clients.ts';
import { answerList, paging } from './page.ts';
import { readBody, readQuery } from './read.ts';
import { absent, invalidBody, Refusal } from './refusal.ts';
import type { Answer, Call, Route } from './route.ts';

/** What makes a grant the one it is: a second one with the same four is a conflict. */
const identity = ['client_id', 'default_for', 'audience', 'subject_type'] as const;

const listQuery = z.strictObject({
  ...paging,
  client_id: z.string().optional(),
  audience: z.string().optional(),
  subject_type: z.enum(['user', 'client']).optional(),
  default_for: z.literal('third_party_clients').optional(),
});

const creation = z.strictObject({
  client_id: z.string().exactOptional(),
  default_for: z.literal('third_party_clients').exactOptional(),
  audience: z.string(),
  scope: z.array(z.string()),
  subject_type: z.enum(['user', 'client']).default('client'),
});

const patch = z.strictObject({ scope: z.array(z.string()) });

function grantOf(state: State, id: string): ClientGrant {
  const grant = state.clientGrants.get(id);
  if (grant === undefined) throw absent('client grant');
  return grant;
}

function requireScopes(state: State, audience: string, scope: string[]): void {
  const known = new Set(apiOf(state, audience).scopes.map(({ value }) => value));
  const unknown = scope.filter((each) => !known.has(each));
  if (unknown.length > 0) {
    throw invalidBody(`Scopes not defined by the API ${audience}: ${unknown.join(', ')}`);
  }
}

function list({ state, query }: Call): Answer {
  const wanted = readQuery(listQuery, query);
  const fits = (grant: ClientGrant) =>
    identity.every((key) => wanted[key] === undefined || wanted[key] === grant[key]);
  const found = [...state.clientGrants.values()].filter(fits);
  return { status: 200, body: answerList(found, wanted, 'client_grants') };
}

function create({ state, body }: Call): Answer {
  const wanted = readBody(creation, body);
  if ((wanted.client_id === undefined) === (wanted.default_for === undefined)) {
    throw invalidBody('Exactly one of client_id and default_for is required');
  }
  if (wanted.client_id !== undefined) clientOf(state, wanted.client_id);
  requireScopes(state, wanted.audience, wanted.scope);
  const same = (grant: ClientGrant) => identity.every((key) => grant[key] === wanted[key]);
  if ([...state.clientGrants.values()].some(same)) {
    throw new Refusal(409, 'conflict', 'A client grant for this client and audience exists');
  }
  const grant: ClientGrant = { id: `cgr_${randomBytes(8).toString('hex')}`, ...wanted };
  state.clientGrants.set(grant.id, grant);
  return { status: 201, body: grant };
}

function update({ state, id, body }: Call): Answer {
  const grant = grantOf(state, id);
  const { scope } = readBody(patch, body);
  requireScopes(state, grant.audience, scope);
  grant.scope = scope;
  return { status: 200, body: grant };
}

export const clientGrantRoutes: Route[] = [
  { method: 'GET', path: '/client-grants', scope: 'read:client_grants', run: list },
  {
    method: 'GET',
    path: '/client-grants/:id',
    scope: 'read:client_grants',
    run: ({ state, id }) => ({ status: 200, body: grantOf(state, id) }),
  },
  {
    method: 'POST',
    path: '/client-grants',
    scope: 'create:client_grants',
    run: create,
    log: 'Create client grant',
  },
  {
    method: 'PATCH',
    path: '/client-grants/:id',
    scope: 'update:client_grants',
    run: update,
    log: 'Update client grant',
  },
  {
    method: 'DELETE',
    path: '/client-grants/:id',
    scope: 'delete:client_grants',
    run: ({ state, id }) => {
      state.clientGrants.delete(id);
      return { status: 204 };
    },
    log: 'Delete client grant',
  },
];
