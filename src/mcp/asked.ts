import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answered as CallSubject } from '../calls/run.ts';
import type { Speaker } from './protocol/era.ts';
import type { Line } from './protocol/line.ts';
import { isObject, type Params } from './protocol/message.ts';

/** One request of a client, with all that a method may need of it. */
export interface Asked extends Speaker {
  readonly params: Params;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly line: Line;
}

/** How long and by whom an answer may be kept (MCP 2026-07-28, caching). */
export interface Cache {
  /** Milliseconds. */
  readonly ttlMs: number;
  readonly cacheScope: 'public' | 'private';
}

export interface Answered {
  readonly result: object;
  /** Only for answers that the specification wants to be cacheable. */
  readonly cache?: Cache;
}

export type Method = (asked: Asked) => Answered | Promise<Answered>;

/** The `_meta` of a request. */
export function metaOf({ params }: Pick<Asked, 'params'>): Params {
  const { _meta } = params;
  return isObject(_meta) ? _meta : {};
}

/** What is told of a request that was answered here, without a backend. */
export function subjectOf({ request }: Asked, tool: string): CallSubject {
  const { id: requestId, caller, began, span } = request;
  return { requestId, caller, began, span, tool };
}
