import type { FastifyReply, FastifyRequest } from 'fastify';
import { readTraceparent } from '../trace.ts';
import type { CallContext } from './forward.ts';
import type { Counted } from './limit.ts';

/** Aborts when the client goes away before it was answered. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort();
  });
  // It left while its token was verified: its close will not be told again.
  if (raw.destroyed) controller.abort();
  return controller.signal;
}

/** What a call takes from its request, for either door. */
export function contextOf(request: FastifyRequest, reply: FastifyReply): CallContext & Counted {
  const { id: requestId, began, span, headers } = request;
  return {
    requestId,
    began,
    span,
    traceparent: readTraceparent(headers['traceparent']),
    signal: goneSignal(reply),
    count: (tool) => request.server.limits.tool(tool, request, reply),
  };
}
