import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { LogStream, State } from '../state.ts';
import { readBody } from './read.ts';
import { absent } from './refusal.ts';
import type { Answer, Call, Route } from './route.ts';

const sink = z.strictObject({
  httpEndpoint: z.url(),
  httpAuthorization: z.string().exactOptional(),
  httpContentFormat: z.enum(['JSONLINES', 'JSONARRAY', 'JSONOBJECT']).default('JSONLINES'),
  httpContentType: z.string().default('application/json'),
  httpCustomHeaders: z
    .array(z.strictObject({ header: z.string(), value: z.string() }))
    .exactOptional(),
});

const filters = z.array(z.strictObject({ type: z.literal('category'), name: z.string() }));

const creation = z.strictObject({
  name: z.string().min(1).default('HTTP'),
  type: z.literal('http'),
  sink,
  filters: filters.exactOptional(),
});

/** The sink is replaced whole. */
const patch = z.strictObject({
  name: z.string().min(1).exactOptional(),
  status: z.enum(['active', 'paused', 'suspended']).exactOptional(),
  sink: sink.exactOptional(),
  filters: filters.exactOptional(),
});

function streamOf(state: State, id: string): LogStream {
  const stream = state.logStreams.get(id);
  if (stream === undefined) throw absent('log stream');
  return stream;
}

function create({ state, body }: Call): Answer {
  const id = `lst_${randomBytes(8).toString('hex')}`;
  const stream: LogStream = { id, status: 'active', ...readBody(creation, body) };
  state.logStreams.set(id, stream);
  return { status: 201, body: stream };
}

export const logStreamRoutes: Route[] = [
  {
    method: 'GET',
    path: '/log-streams',
    scope: 'read:log_streams',
    run: ({ state }) => ({ status: 200, body: [...state.logStreams.values()] }),
  },
  {
    method: 'GET',
    path: '/log-streams/:id',
    scope: 'read:log_streams',
    run: ({ state, id }) => ({ status: 200, body: streamOf(state, id) }),
  },
  {
    method: 'POST',
    path: '/log-streams',
    scope: 'create:log_streams',
    run: create,
    log: 'Create log stream',
  },
  {
    method: 'PATCH',
    path: '/log-streams/:id',
    scope: 'update:log_streams',
    run: ({ state, id, body }) => ({
      status: 200,
      body: Object.assign(streamOf(state, id), readBody(patch, body)),
    }),
    log: 'Update log stream',
  },
  {
    method: 'DELETE',
    path: '/log-streams/:id',
    scope: 'delete:log_streams',
    run: ({ state, id }) => {
      state.logStreams.delete(id);
      return { status: 204 };
    },
    log: 'Delete log stream',
  },
];
