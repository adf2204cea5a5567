import type { FastifyPluginAsync } from 'fastify';
import { Refusal } from '../errors.ts';
import type { Catalog } from '../tools/catalog.ts';

/** `GET /auth/me`: who the gateway takes the caller for. */
export const me =
  (catalog: Catalog): FastifyPluginAsync =>
  async (app) => {
    app.get('/auth/me', async ({ caller }, reply) => {
      if (!caller) throw new Refusal('missing_token', { scope: catalog.scopes });
      reply.header('cache-control', 'no-store');
      const { subject, clientId, scopes, machine, organization } = caller;
      // Left out of the JSON where the token names none.
      return { subject, client_id: clientId, scopes, machine, org_id: organization };
    });
  };
