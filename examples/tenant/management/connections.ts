import { z } from 'zod';
import type { Connection, State } from '../state.ts';
import { answerList, paging, pick } from './page.ts';
import { readBody, readQuery, several } from './read.ts';
import { absent, invalidBody } from './refusal.ts';
import type { Answer, Call, Route } from './route.ts';

const listQuery = z.strictObject({
  ...paging,
  name: z.string().optional(),
  strategy: several.optional(),
});

const oneQuery = z.strictObject({ fields: paging.fields, include_fields: paging.include_fields });

const patch = z.strictObject({
  is_domain_connection: z.boolean().exactOptional(),
  options: z.record(z.string(), z.unknown()).exactOptional(),
  display_name: z.string().exactOptional(),
  show_as_button: z.boolean().exactOptional(),
});

/** The connection of that id, or a 404. */
export function connectionOf(state: State, id: string): Connection {
  const connection = state.connections.get(id);
  if (connection === undefined) throw absent('connection');
  return connection;
}

/** Since 2026-07-13 the clients of a connection are no part of it: see /connections/{id}/clients. */
export function shown({ enabledFor: _, ...connection }: Connection): object {
  return { ...connection, realms: [connection.name] };
}

function list({ state, query }: Call): Answer {
  const { name, strategy, ...form } = readQuery(listQuery, query);
  const found = [...state.connections.values()].filter(
    (connection) =>
      (name === undefined || connection.name === name) &&
      (strategy === undefined || strategy.includes(connection.strategy)),
  );
  return { status: 200, body: answerList(found.map(shown), form, 'connections') };
}

function get({ state, id, query }: Call): Answer {
  const wanted = readQuery(oneQuery, query);
  return { status: 200, body: pick(shown(connectionOf(state, id)), wanted) };
}

/** `options` are replaced whole: whoever sends some of them loses the others, as with Auth0. */
function update({ state, id, body }: Call): Answer {
  const connection = connectionOf(state, id);
  if (body instanceof Object && 'enabled_clients' in body) {
    throw invalidBody('enabled_clients ended on 2026-07-13, use PATCH /connections/{id}/clients');
  }
  Object.assign(connection, readBody(patch, body));
  return { status: 200, body: shown(connection) };
}

export const connectionRoutes: Route[] = [
  { method: 'GET', path: '/connections', scope: 'read:connections', run: list },
  { method: 'GET', path: '/connections/:id', scope: 'read:connections', run: get },
  {
    method: 'PATCH',
    path: '/connections/:id',
    scope: 'update:connections',
    run: update,
    log: 'Update a connection',
  },
];
