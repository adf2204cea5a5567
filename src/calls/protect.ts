import type { FastifyInstance } from 'fastify';
import { Refusal } from '../errors.ts';
import type { Catalog } from '../tools/catalog.ts';
import type { Authenticate } from './authenticate.ts';
import type { Caller } from './caller.ts';
import { createLimit } from './limit.ts';
import { checkOrigin } from './origin.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; undefined without a token, which only a catalog with a public tool lets by. */
    caller: Caller | undefined;
    /** Which tool, once it is known; for the log. */
    toolName: string | undefined;
  }
}

export interface Protection {
  readonly authenticate: Authenticate;
  readonly catalog: Catalog;
  readonly origins: '*' | readonly string[];
  readonly perMinute: number;
}

/** The scope a 401 names: the tool's, or the whole catalog's where no tool is named. */
const scopeOf = (catalog: Catalog, toolName: string | undefined): readonly string[] =>
  catalog.tools.get(toolName ?? '')?.scopes ?? catalog.scopes;

/**
 * Makes every route of this encapsulated scope a protected one: foreign origins out, token
 * believed, caller counted, all before a body is read.
 */
export async function protect(app: FastifyInstance, protection: Protection): Promise<void> {
  const { authenticate, catalog, origins, perMinute } = protection;
  const limit = await createLimit(app, perMinute);
  app.addHook('onRequest', async (request) => {
    const { toolName } = Object(request.params) as { toolName?: string };
    request.toolName = toolName;
    checkOrigin(request.headers.origin, origins);
    const { rawHeaders } = request.raw;
    const query = request.query as Record<string, unknown>;
    try {
      request.caller = await authenticate({ rawHeaders, query });
    } catch (error) {
      await limit(request);
      const scope = scopeOf(catalog, toolName);
      throw error instanceof Refusal ? error.with({ scope }) : error;
    }
    await limit(request);
    if (!request.caller && !catalog.hasPublic) {
      throw new Refusal('missing_token', { scope: scopeOf(catalog, toolName) });
    }
  });
}
