import type { FastifyPluginAsync } from 'fastify';
import type { Config } from '../config.ts';
import { Refusal } from '../errors.ts';
import { within } from './deadline.ts';
import { deliver } from './deliver.ts';
import { isSecret } from './secret.ts';
import type { Clients } from './work.ts';

/** A delivery may hold many records (bytes). */
const bodyLimit = 16 * 1024 * 1024;

/** Seconds after which a delivery may be tried again. */
const retryAfter = 10;

/**
 * `POST /auth0-log-webhook`: the log stream of the tenant (Auth0, "Custom Log Streams"). Answers
 * after the work: 200 when every client reached an end, 503 when some may yet, or when `deadline`
 * milliseconds are over (the work goes on, and a later delivery finds it done). Without `clients`,
 * when promotion is off, there is no such route.
 */
export function webhook(
  config: Pick<Config, 'LOG_WEBHOOK_SECRET'>,
  clients: Clients | undefined,
  deadline = 10_000,
): FastifyPluginAsync {
  return async (app) => {
    if (!clients) return;
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    );

    app.addHook('onRequest', async (request) => {
      if (!isSecret(request.headers.authorization, config.LOG_WEBHOOK_SECRET)) {
        throw new Refusal('invalid_webhook_secret');
      }
      // The operator typed it and it may be anything; the body is told by what it is.
      delete request.raw.headers['content-type'];
    });

    app.post<{ Body: string | undefined }>(
      '/auth0-log-webhook',
      { bodyLimit },
      async (request, reply) => {
        const { tally, done } = deliver(clients, request.body ?? '');
        const inTime = await within(deadline, done);
        if (!inTime || tally.pending > 0) reply.code(503).header('retry-after', retryAfter);
        return reply.send(tally);
      },
    );
  };
}
