import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import { Refusal, toRefusal } from '../errors.ts';
import { metadataUrl, publicOrigin } from '../public-url.ts';
import type { Catalog } from '../tools/catalog.ts';
import type { Authenticate } from './authenticate.ts';
import type { Caller } from './caller.ts';
import type { Limits } from './limit.ts';
import { checkOrigin } from './origin.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; undefined without a token, which only a catalog with a public tool lets by. */
    caller: Caller | undefined;
    /** Which tool, once it is known; for the log. */
    toolName: string | undefined;
    /** Where the metadata of a protected route stands; goes into its challenge. */
    metadataUrl: string;
  }
}

export interface Protection {
  readonly authenticate: Authenticate;
  readonly catalog: Catalog;
  readonly config: Config;
  readonly limits: Limits;
}

/** The scope a 401 names: the tool's, or the whole catalog's where no tool is named. */
const scopeOf = (catalog: Catalog, toolName: string | undefined): readonly string[] =>
  catalog.tools.get(toolName ?? '')?.scopes ?? catalog.scopes;

/**
 * Makes every route of this encapsulated scope a protected one: broken hosts and foreign origins
 * out, token believed, caller counted, all before a body is read.
 */
export async function protect(app: FastifyInstance, protection: Protection): Promise<void> {
  const { authenticate, catalog, config, limits } = protection;
  app.decorate('limits', limits);
  app.addHook('onRequest', async (request, reply) => {
    const { toolName } = Object(request.params) as { toolName?: string };
    request.toolName = toolName;
    const [path = ''] = request.url.split('?');
    request.metadataUrl = metadataUrl(publicOrigin(config, request), path);
    checkOrigin(request.headers.origin, config.APP_ORIGIN);
    const { rawHeaders } = request.raw;
    const query = request.query as Record<string, unknown>;
    const visit = limits.visit(request, reply);
    try {
      request.caller = await authenticate({ rawHeaders, query, beforeVerify: visit.beforeVerify });
    } catch (error) {
      const refusal = toRefusal(error);
      await visit.refused(refusal);
      throw refusal.with({ scope: scopeOf(catalog, toolName) });
    }
    await visit.passed();
    if (!request.caller && !catalog.hasPublic) {
      throw new Refusal('missing_token', { scope: scopeOf(catalog, toolName) });
    }
  });
}
