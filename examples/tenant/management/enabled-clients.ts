import { z } from 'zod';
import { clientOf } from './clients.ts';
import { connectionOf } from './connections.ts';
import { answerList, paging } from './page.ts';
import { readBody, readQuery } from './read.ts';
import type { Answer, Call, Route } from './route.ts';

const listQuery = z.strictObject({ from: paging.from, take: paging.take.default(50) });

const changes = z
  .array(z.strictObject({ client_id: z.string(), status: z.boolean() }))
  .min(1)
  .max(50);

function list({ state, id, query }: Call): Answer {
  const form = readQuery(listQuery, query);
  const items = [...connectionOf(state, id).enabledFor].map((client_id) => ({ client_id }));
  const unpaged = { page: 0, per_page: 50, include_totals: false, include_fields: true };
  return {
    status: 200,
    body: answerList(items, { ...unpaged, ...form, fields: undefined }, 'clients'),
  };
}

/**
 * All or nothing where a client is unknown. A strict third-party client is accepted and silently not
 * kept: it can use domain connections only, and that is what operators have seen Auth0 do.
 */
function update({ state, id, body }: Call): Answer {
  const { enabledFor } = connectionOf(state, id);
  const wanted = readBody(changes, body).map(({ client_id, status }) => ({
    client: clientOf(state, client_id),
    status,
  }));
  for (const { client, status } of wanted) {
    if (!status) enabledFor.delete(client.client_id);
    else if (client.third_party_security_mode !== 'strict') enabledFor.add(client.client_id);
  }
  return { status: 204 };
}

export const enabledClientRoutes: Route[] = [
  { method: 'GET', path: '/connections/:id/clients', scope: 'read:connections', run: list },
  {
    method: 'PATCH',
    path: '/connections/:id/clients',
    scope: 'update:connections',
    run: update,
    log: 'Update enabled clients of a connection',
  },
];
