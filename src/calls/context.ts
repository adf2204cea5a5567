import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallContext } from './forward.ts';

/** Aborts when the client goes away before it was answered. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Version ff and zero ids are invalid (W3C Trace Context §3.2.2). */
const traceparentShape =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What a call takes from its request, for either door. */
export function contextOf(request: FastifyRequest, reply: FastifyReply): CallContext {
  const traceparent = String(request.headers['traceparent'] ?? '');
  return {
    requestId: request.id,
    traceparent: traceparentShape.test(traceparent) ? traceparent : undefined,
    signal: goneSignal(reply),
  };
}
