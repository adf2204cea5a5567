import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';

/** Counts one request; refuses with `too_many_requests` when there were too many. */
export type Limit = (request: FastifyRequest) => Promise<void>;

const timeWindow = 60_000;
/** ChatGPT's users share addresses: a 401 that starts a refresh must not become a 429. */
const addressFactor = 10;

/**
 * A caller counts for itself, a request without a valid token for its address (IPv6: its /64).
 * @param perMinute requests of one caller; 0 = no limit.
 */
export async function createLimit(app: FastifyInstance, perMinute: number): Promise<Limit> {
  if (perMinute === 0) return async () => {};
  await app.register(rateLimit, { global: false });
  const byCaller = app.createRateLimit({
    max: perMinute,
    timeWindow,
    keyGenerator: ({ caller }) => `${caller?.clientId}\n${caller?.subject}`,
  });
  const byAddress = app.createRateLimit({
    max: perMinute * addressFactor,
    timeWindow,
  });
  return async (request) => {
    const count = await (request.caller ? byCaller : byAddress)(request);
    if (count.isAllowed || !count.isExceeded) return;
    throw new Refusal('too_many_requests', { retryAfter: count.ttlInSeconds });
  };
}
