import type { FastifyPluginAsync } from 'fastify';
import type { Config } from '../config.ts';
import { publicOrigin } from '../public-url.ts';
import type { Catalog } from '../tools/catalog.ts';

/** Protected resource metadata (RFC 9728 §2). */
export interface ResourceMetadata {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly bearer_methods_supported: readonly ['header'];
  readonly resource_name: string;
  readonly resource_documentation: string;
}

/** The document, the same at the root and below /mcp: the resource is the API, not the path. */
function resourceMetadata(
  config: Pick<Config, 'OAUTH_AUDIENCE' | 'OAUTH_ISSUER'>,
  scopes: readonly string[],
  documentation: string,
): ResourceMetadata {
  return {
    resource: config.OAUTH_AUDIENCE,
    authorization_servers: [config.OAUTH_ISSUER],
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
    resource_name: 'openai-auth0-gateway',
    resource_documentation: documentation,
  };
}

/** Serves the metadata where clients look for it. */
export function serveResourceMetadata(config: Config, catalog: Catalog): FastifyPluginAsync {
  return async (app) => {
    for (const suffix of ['', '/mcp']) {
      app.get(`/.well-known/oauth-protected-resource${suffix}`, async (request, reply) => {
        const documentation = `${publicOrigin(config, request)}/`;
        // Not before: a refused Host must not be kept by a cache on the way.
        reply.header('cache-control', 'public, max-age=300');
        return resourceMetadata(config, catalog.scopes, documentation);
      });
    }
  };
}
