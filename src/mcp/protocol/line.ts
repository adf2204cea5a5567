import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Outcome } from './failure.ts';

/** The line on which one request is answered: a JSON body, or a stream of events that ends in it. */
export interface Line {
  /** Sends a notification before the answer; nothing where the client takes no events. */
  notify(notification: object): void;
  /** Keeps proxies from cutting the line while the answer takes its time. */
  keepAlive(): void;
  /** Sends the answer, the last thing on the line. */
  answer(outcome: Outcome): FastifyReply;
}

/** What a client takes, by its Accept header. */
interface Takes {
  readonly json: boolean;
  readonly events: boolean;
}

const jsonType = /(?:^|[\s,])(?:application\/(?:json|\*)|\*\/\*)\s*(?:[;,]|$)/i;
const eventType = /(?:^|[\s,])text\/(?:event-stream|\*)\s*(?:[;,]|$)/i;

/**
 * JSON wherever it is taken at all, and where the header says nothing we could serve: no client is
 * helped by a 406 (RFC 9110 §12.5.1). Quality values are not weighed.
 */
function takes(accept = '*/*'): Takes {
  const events = eventType.test(accept);
  return { json: !events || jsonType.test(accept), events };
}

const eventStream = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx and its kin would hold events back (MCP 2026-07-28, receiving messages).
  'x-accel-buffering': 'no',
};

/**
 * Opens the line of a request. A stream begins with the first notification, with the first
 * heartbeat, or at once for a client that takes nothing else.
 * @param heartbeatMs milliseconds of silence after which a comment is sent.
 */
export function openLine(request: FastifyRequest, reply: FastifyReply, heartbeatMs: number): Line {
  const { json, events } = takes(request.headers.accept);
  const { raw } = reply;
  let streaming = false;
  let timer: NodeJS.Timeout | undefined;

  const stream = (): void => {
    if (streaming) return;
    streaming = true;
    reply.hijack();
    reply.headers(eventStream);
    raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
  };
  const stop = (): void => clearInterval(timer);

  return {
    notify(notification) {
      if (!events || raw.destroyed) return;
      stream();
      // Who does not read as fast gets fewer of them.
      if (raw.writableNeedDrain) return;
      raw.write(`event: message\ndata: ${JSON.stringify(notification)}\n\n`);
    },
    keepAlive() {
      if (!events) return;
      // Whoever keeps it alive answers in the end, whether anybody still listens or not.
      timer = setInterval(() => {
        if (raw.destroyed) return;
        stream();
        raw.write(': still at it\n\n');
      }, heartbeatMs).unref();
    },
    answer({ status, headers, body }) {
      stop();
      // A status that is not 200 says more than a stream could.
      if (!json && status === 200) stream();
      if (!streaming) return reply.code(status).headers(headers).send(body);
      raw.end(`event: message\ndata: ${JSON.stringify(body)}\n\n`);
      return reply;
    },
  };
}
