import type { OutgoingHttpHeaders } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { type Refusal, toRefusal } from '../errors.ts';
import { contextOf } from './context.ts';
import type { OnAnswered, Run } from './run.ts';

type OnRefused = (request: FastifyRequest, refusal: Refusal) => void;

/** The REST door: body and answer pass through. */
export function restDoor(
  run: Run,
  onAnswered: OnAnswered,
  onRefused: OnRefused,
): FastifyPluginAsync {
  /**
   * Passes a long answer on as it comes, no faster than the client takes it. When it breaks off,
   * so does the client's: the status is out, and a broken answer must not look complete.
   */
  const passOn = (request: FastifyRequest, reply: FastifyReply, body: Readable): FastifyReply => {
    reply.hijack();
    reply.raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders);
    body.once('error', (error) => onRefused(request, toRefusal(error)));
    pipeline(body, reply.raw, () => {});
    return reply;
  };

  return async (app) => {
    app.post<{ Params: { toolName: string } }>('/tools/:toolName', async (request, reply) => {
      const { caller, params, body: input } = request;
      const call = {
        ...contextOf(request, reply),
        tool: params.toolName,
        caller,
        input: input === undefined ? {} : input,
      };
      const { status, headers, body } = await run(call);
      reply.code(status).headers(headers);
      if (Buffer.isBuffer(body)) {
        onAnswered(call, status);
        return reply.send(body);
      }
      body.once('end', () => onAnswered(call, status));
      return passOn(request, reply, body);
    });
  };
}
