import type { FastifyPluginAsync } from 'fastify';

interface Keys {
  ready(): boolean;
  stale(): boolean;
  ageSeconds(): number | undefined;
}

/**
 * Live: the process answers. Ready: configuration read and keys at hand that are believed;
 * `stale` where the tenant does not give them at the moment.
 */
export function serveHealth(keys: Keys): FastifyPluginAsync {
  return async (app) => {
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    app.get('/health/live', async () => ({ status: 'live' }));
    app.get('/health/ready', async (_request, reply) => {
      const age = keys.ageSeconds();
      const found = {
        ...(age === undefined ? {} : { keys_age_seconds: Math.round(age) }),
        ...(keys.stale() ? { stale: true } : {}),
      };
      if (keys.ready()) return { status: 'ready', ...found };
      reply.code(503).header('retry-after', '1');
      return { status: 'not_ready', missing: ['keys'], ...found };
    });
  };
}
