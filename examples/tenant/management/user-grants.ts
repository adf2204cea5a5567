import { z } from 'zod';
import { findClient } from '../oauth/access.ts';
import { noScope } from '../oauth/admit.ts';
import { apiOf } from '../oauth/resource.ts';
import type { Kept, State } from '../state.ts';
import { answerList, paging } from './page.ts';
import { readQuery } from './read.ts';
import type { Answer, Call, Route } from './route.ts';

const listQuery = z.strictObject({
  ...paging,
  user_id: z.string().optional(),
  client_id: z.string().optional(),
  audience: z.string().optional(),
});

/** A consent in Auth0's form. First-party clients ask for none, so none is shown of them (inferred). */
function shown(state: State, [id, grant]: [string, Kept]): object[] {
  const client = findClient(state, String(grant.clientId));
  if (!id.startsWith('Grant:') || client === undefined || client.is_first_party) return [];
  return Object.entries({ ...grant.resources }).map(([resource, scope]) => ({
    id: id.slice('Grant:'.length),
    clientID: client.client_id,
    user_id: grant.accountId,
    audience: apiOf(state, resource)?.identifier,
    scope: scope.split(' ').filter((each) => each !== noScope),
  }));
}

function list({ state, query }: Call): Answer {
  const { user_id, client_id, audience, ...form } = readQuery(listQuery, query);
  const wanted = Object.entries({ user_id, clientID: client_id, audience });
  const fits = (grant: object) =>
    wanted.every(([name, value]) => value === undefined || Reflect.get(grant, name) === value);
  const found = [...state.kept].flatMap((each) => shown(state, each)).filter(fits);
  return { status: 200, body: answerList(found, form, 'grants') };
}

export const userGrantRoutes: Route[] = [
  { method: 'GET', path: '/grants', scope: 'read:grants', run: list },
];
