import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createAuthenticate } from './calls/authenticate.ts';
import { createBackendToken } from './calls/backend-token.ts';
import type { Caller } from './calls/caller.ts';
import { createForward } from './calls/forward.ts';
import { me } from './calls/me.ts';
import { protect } from './calls/protect.ts';
import { restDoor } from './calls/rest.ts';
import { createRun } from './calls/run.ts';
import { createAuth0 } from './clients/auth0.ts';
import { createKeeper } from './clients/keeper.ts';
import { webhook } from './clients/webhook.ts';
import type { Config } from './config.ts';
import { serveAppsChallenge } from './discovery/apps-challenge.ts';
import { servePage } from './discovery/page.ts';
import { serveResourceMetadata } from './discovery/resource-metadata.ts';
import { serveServerMetadata } from './discovery/server-metadata.ts';
import { mcpDoor } from './mcp/door.ts';
import { createAudit } from './observe/audit.ts';
import { observeExchanges } from './observe/exchanges.ts';
import { serveHealth } from './observe/health.ts';
import { createMetrics, serveMetrics } from './observe/metrics.ts';
import { startTracing, tellExports, traceRequests } from './observe/tracing.ts';
import { createServer, type OnRefused, onlyPost, type ServerFactory } from './server.ts';
import type { Catalog } from './tools/catalog.ts';
import { createVerifyToken } from './verify/access-token.ts';
import { createTokenCache } from './verify/cache.ts';
import { createKeySet } from './verify/keys.ts';

export interface Parts {
  readonly log: Logger;
  readonly catalog: Catalog;
  /**
   * Event-loop delay in milliseconds and memory in bytes beyond which calls get 503; 0 = off.
   * `sampleInterval`: milliseconds between two looks (1000).
   */
  readonly pressure?: {
    maxEventLoopDelay?: number;
    maxRssBytes?: number;
    sampleInterval?: number;
  };
  readonly serverFactory?: ServerFactory;
}

/** The gateway, ready to listen. The order here is the table of contents. */
export async function buildApp(config: Config, parts: Parts): Promise<FastifyInstance> {
  const { log, catalog, pressure = { maxEventLoopDelay: 1000 } } = parts;
  const tokens = createTokenCache<Caller>(config.TOKEN_CACHE_SECONDS);
  const keys = createKeySet({
    url: `${config.OAUTH_ISSUER}.well-known/jwks.json`,
    maxStaleSeconds: config.KEYS_MAX_STALE,
    onChange: tokens.clear,
    onError: (err) => log.warn({ err }, "the tenant's keys could not be read"),
  });
  const metrics = createMetrics({
    tools: catalog.tools,
    keysAgeSeconds: keys.ageSeconds,
    lanes: () => forward.state(),
    shared: () => 'off',
  });
  const audit = createAudit(log, metrics);
  const onRefused: OnRefused = (request, refusal) => {
    const { id: requestId, toolName: tool, caller, began, span } = request;
    audit.refused({ requestId, tool, caller, began, span }, refusal);
  };
  const tracer = await startTracing(config, tellExports(log, metrics));

  const app = await createServer(config, log, onRefused, parts.serverFactory);
  if (tracer) traceRequests(app, tracer);

  app.register(servePage(config, catalog));
  app.register(serveResourceMetadata(config, catalog));
  app.register(
    serveServerMetadata(config, (err) =>
      log.warn({ err }, "the tenant's metadata could not be read"),
    ),
  );
  app.register(serveAppsChallenge(config));
  app.register(serveHealth(keys));
  app.register(serveMetrics(metrics, config.METRICS_TOKEN));
  for (const path of ['/mcp', '/tools/:toolName', '/auth0-log-webhook']) onlyPost(app, path);

  const verify = createVerifyToken(keys, {
    issuer: config.OAUTH_ISSUER,
    audience: config.OAUTH_AUDIENCE,
    clockTolerance: config.CLOCK_TOLERANCE,
  });
  const secret = config.GATEWAY_HMAC_SECRET[0];
  const forward = createForward({
    base: config.FUNCTIONS_BASE,
    secret,
    token: createBackendToken(config),
    breaker: { failures: config.BREAKER_FAILURES, seconds: config.BREAKER_SECONDS },
    onBreaker: (tool, state) => log.warn({ tool, state }, 'circuit breaker'),
    observe: observeExchanges(metrics),
  });
  const run = createRun(catalog, forward, audit.granted);

  const { management } = config;
  const keeper =
    management &&
    createKeeper(createAuth0(management), { config, catalog, log, metrics, now: Date.now });

  app.register(async (calls) => {
    await calls.register(underPressure, pressure);
    await protect(calls, {
      authenticate: createAuthenticate(verify, tokens, keeper?.onCaller),
      catalog,
      config,
    });
    calls.register(me(catalog));
    calls.register(restDoor(run, onRefused));
    calls.register(mcpDoor({ config, catalog, run, onRefused }));
  });

  app.register(webhook(config, keeper?.clients));

  app.addHook('onReady', async () => {
    keys.start();
    await keeper?.start();
  });
  app.addHook('onClose', async () => {
    keys.stop();
    await keeper?.stop();
    await forward.close();
    await tracer?.close();
  });
  return app;
}
