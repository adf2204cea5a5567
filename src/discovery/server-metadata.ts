import type { FastifyPluginAsync } from 'fastify';
import { request } from 'undici';
import type { Config } from '../config.ts';
import { Refusal } from '../errors.ts';

type Document = Readonly<Record<string, unknown>>;

type OnError = (error: unknown) => void;

const freshMs = 300_000;
/** Without a copy the tenant is asked again once a second, however many ask here. */
const retryMs = 1_000;
/** From the first byte sent to the last one read. */
const fetchTimeoutMs = 5_000;

const names = ['oauth-authorization-server', 'openid-configuration'] as const;

async function fetchDocument(url: string, issuer: string): Promise<Document> {
  const { statusCode, body } = await request(url, {
    signal: AbortSignal.timeout(fetchTimeoutMs),
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`the tenant answered ${statusCode}`);
  const document = JSON.parse(text) as Document;
  if (document['issuer'] !== issuer) {
    throw new Error(`the tenant calls itself ${document['issuer']}, OAUTH_ISSUER is ${issuer}`);
  }
  return document;
}

/** One document of the tenant: kept for five minutes, and as long as needed while it is down. */
function createMirror(url: string, issuer: string, onError: OnError, now: () => number) {
  let copy: Document | undefined;
  let readAt = -Infinity;
  let pending: Promise<void> | undefined;
  const refresh = async (): Promise<void> => {
    try {
      copy = await fetchDocument(url, issuer);
    } catch (error) {
      onError(error);
    } finally {
      readAt = now();
      pending = undefined;
    }
  };
  return async (): Promise<Document> => {
    if (now() - readAt > (copy ? freshMs : retryMs)) pending ??= refresh();
    if (!copy) await pending;
    if (!copy) throw new Refusal('tenant_unreachable');
    return copy;
  };
}

/**
 * Mirrors the tenant's RFC 8414 and OpenID documents for clients that look for them here.
 * @param onError told of each failed read; the stale copy goes on being served.
 * @param now milliseconds; the clock.
 */
export function serveServerMetadata(
  config: Config,
  onError: OnError,
  now = performance.now.bind(performance),
): FastifyPluginAsync {
  return async (app) => {
    for (const name of names) {
      const url = `${config.OAUTH_ISSUER}.well-known/${name}`;
      const mirror = createMirror(url, config.OAUTH_ISSUER, onError, now);
      app.get(`/.well-known/${name}`, async (_request, reply) => {
        const document = await mirror();
        // Not before: what fails must not be kept by a cache on the way.
        reply.header('cache-control', 'public, max-age=300');
        return document;
      });
    }
  };
}
