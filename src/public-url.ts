import type { FastifyRequest } from 'fastify';
import type { Config } from './config.ts';
import { Refusal } from './errors.ts';

const hostShape = /^([A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?$/;

/**
 * The gateway's own origin as the client sees it: PUBLIC_URL, else from the request.
 * X-Forwarded-Proto counts when the proxy is trusted, X-Forwarded-Host only with TRUST_PROXY=host.
 * @throws {Refusal} `invalid_request` when the Host header is no host.
 */
export function publicOrigin(config: Config, request: FastifyRequest): string {
  if (config.PUBLIC_URL) return config.PUBLIC_URL;
  const host = config.trustProxy === 'host' ? request.host : request.headers.host;
  if (host === undefined || !hostShape.test(host)) {
    throw new Refusal('invalid_request', { description: 'The Host header is missing or no host.' });
  }
  return `${request.protocol === 'https' ? 'https' : 'http'}://${host.toLowerCase()}`;
}

/** Where the metadata of the called resource stands (RFC 9728 §3.1): the path form for /mcp. */
export function metadataUrl(origin: string, path: string): string {
  const suffix = path === '/mcp' ? path : '';
  return `${origin}/.well-known/oauth-protected-resource${suffix}`;
}
