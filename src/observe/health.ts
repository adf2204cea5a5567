import type { FastifyPluginAsync } from 'fastify';

interface Keys {
  ageSeconds(): number | undefined;
}

/** Live: the process answers. Ready: configuration read and keys obtained at least once. */
export function serveHealth(keys: Keys): FastifyPluginAsync {
  return async (app) => {
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    app.get('/health/live', async () => ({ status: 'live' }));
    app.get('/health/ready', async (_request, reply) => {
      const age = keys.ageSeconds();
      if (age !== undefined) return { status: 'ready', keys_age_seconds: Math.round(age) };
      reply.code(503).header('retry-after', '1');
      return { status: 'not_ready', missing: ['keys'] };
    });
  };
}
