import type { FastifyPluginAsync } from 'fastify';
import type { Config } from '../config.ts';
import { Refusal } from '../errors.ts';

/** Proof of the domain for the ChatGPT app portal: its token as text/plain, 404 when unset. */
export function serveAppsChallenge(config: Config): FastifyPluginAsync {
  return async (app) => {
    app.get('/.well-known/openai-apps-challenge', async (_request, reply) => {
      if (config.OPENAI_APPS_CHALLENGE === undefined) throw new Refusal('not_found');
      return reply.type('text/plain; charset=utf-8').send(config.OPENAI_APPS_CHALLENGE);
    });
  };
}
