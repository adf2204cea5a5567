import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createAuthenticate } from './calls/authenticate.ts';
import { createBackendToken } from './calls/backend-token.ts';
import type { Caller } from './calls/caller.ts';
import { createForward } from './calls/forward.ts';
import { startLimits } from './calls/limit.ts';
import { me } from './calls/me.ts';
import { type Pressure, pressureWithin, shedOverload } from './calls/overload.ts';
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
import { answerFailure } from './mcp/protocol/failure.ts';
import { createAudit } from './observe/audit.ts';
import { observeExchanges } from './observe/exchanges.ts';
import { serveHealth } from './observe/health.ts';
import { createMetrics, serveMetrics } from './observe/metrics.ts';
import { startTracing, tellExports, traceRequests } from './observe/tracing.ts';
import { createServer, type OnRefused, onlyPost, type Surroundings } from './server.ts';
import { type Catalog, namesOf } from './tools/catalog.ts';
import { leastScopes } from './tools/least-scopes.ts';
import { createVerifyToken } from './verify/access-token.ts';
import { createTokenCache } from './verify/cache.ts';
import { createKeySet } from './verify/keys.ts';

export interface Parts extends Surroundings {
  readonly log: Logger;
  readonly catalog: Catalog;
  /** Bytes this process may use; 0 = all of the machine. */
  readonly memoryLimit?: number;
  /** What else it bears than follows from that and from MAX_EVENT_LOOP_DELAY. */
  readonly pressure?: Pressure;
}

/** The gateway, ready to listen. The order here is the table of contents. */
export async function buildApp(config: Config, parts: Parts): Promise<FastifyInstance> {
  const { log, memoryLimit = 0 } = parts;
  const catalog = leastScopes(parts.catalog, config.SCOPE_IMPLIES);
  const pressure = {
    ...pressureWithin(config.MAX_EVENT_LOOP_DELAY, memoryLimit),
    ...parts.pressure,
  };
  const tokens = createTokenCache<Caller>({
    seconds: config.TOKEN_CACHE_SECONDS,
    bound: () => keys.believedUntil(),
  });
  const keys = createKeySet({
    url: `${config.OAUTH_ISSUER}.well-known/jwks.json`,
    maxStaleSeconds: config.KEYS_MAX_STALE,
    onChange: tokens.clear,
    onError: (err) =>
      log.warn({ err, keys_age_seconds: keys.ageSeconds() }, "the tenant's keys could not be read"),
    onHealed: () => log.info("the tenant's keys are read again"),
  });
  const metrics = createMetrics({
    tools: namesOf(catalog),
    keysAgeSeconds: keys.ageSeconds,
    keysStale: keys.stale,
    lanes: () => forward.state(),
    shared: () => limits.shared(),
  });
  const audit = createAudit(log, metrics);
  const onRefused: OnRefused = (request, refusal) => {
    const { id: requestId, toolName: tool, caller, began, span } = request;
    audit.refused({ requestId, tool, caller, began, span }, refusal);
  };
  const tracer = await startTracing(config, tellExports(log, metrics));

  const app = await createServer(config, log, onRefused, parts);
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
  for (const path of ['/tools/:toolName', '/auth0-log-webhook']) onlyPost(app, path);
  app.register(async (mcp) => {
    mcp.setErrorHandler(answerFailure(onRefused));
    onlyPost(mcp, '/mcp');
  });

  const verify = createVerifyToken(keys, {
    issuer: config.OAUTH_ISSUER,
    audience: config.OAUTH_AUDIENCE,
    clockTolerance: config.CLOCK_TOLERANCE,
    organizations: config.OAUTH_ORGANIZATIONS,
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
  const run = createRun(catalog, forward);
  const sources = { ...catalog, tools: catalog.sources };
  const runSource = createRun(sources, forward);

  const limits = await startLimits(config, (up, err) => {
    if (up) log.info('requests are counted together with other replicas (REDIS_URL)');
    else log.warn({ err }, 'Redis is away: this replica counts requests alone');
  });
  const { management } = config;
  const keeper =
    management &&
    createKeeper(createAuth0(management), { config, catalog, log, metrics, now: Date.now });

  const rules = { permissions: config.PERMISSIONS, implies: config.SCOPE_IMPLIES };
  const authenticate = createAuthenticate(verify, tokens, rules, keeper?.onCaller);
  app.register(async (calls) => {
    await shedOverload(calls, pressure);
    await protect(calls, {
      authenticate,
      catalog,
      config,
      limits,
    });
    calls.register(me(catalog));
    calls.register(restDoor(run, audit.granted, onRefused));
    calls.register(
      mcpDoor({
        config,
        catalog,
        run,
        runSource,
        onAnswered: audit.granted,
        onRefused,
        onViolation: ({ id: request_id }, { name: tool }, problem) => {
          metrics.violation(tool);
          log.warn({ tool, problem, request_id }, 'the answer breaks the output schema');
        },
      }),
    );
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
    limits.close();
    await tracer?.close();
  });
  return app;
}
