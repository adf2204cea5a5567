import type { FastifyPluginAsync } from 'fastify';
import { contextOf } from './context.ts';
import type { Run } from './run.ts';

/** The REST door: body and answer pass through. */
export function restDoor(run: Run): FastifyPluginAsync {
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
      return reply.code(status).headers(headers).send(body);
    });
  };
}
