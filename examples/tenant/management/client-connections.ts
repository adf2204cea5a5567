import { z } from 'zod';
import { clientOf } from './clients.ts';
import { shown } from './connections.ts';
import { answerList, paging } from './page.ts';
import { readQuery } from './read.ts';
import type { Answer, Call, Route } from './route.ts';

const listQuery = z.strictObject({
  from: paging.from,
  take: paging.take.default(50),
  fields: paging.fields,
  include_fields: paging.include_fields,
});

/** The connections that are enabled for one client. */
function list({ state, id, query }: Call): Answer {
  const form = readQuery(listQuery, query);
  const { client_id } = clientOf(state, id);
  const items = [...state.connections.values()].filter(({ enabledFor }) =>
    enabledFor.has(client_id),
  );
  const unpaged = { page: 0, per_page: 50, include_totals: false };
  const body = answerList(items.map(shown), { ...unpaged, ...form }, 'connections');
  return { status: 200, body };
}

export const clientConnectionRoutes: Route[] = [
  { method: 'GET', path: '/clients/:id/connections', scope: 'read:connections', run: list },
];
