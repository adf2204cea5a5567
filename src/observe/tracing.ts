import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { type Attributes, readTraceparent, type Span } from '../trace.ts';
import type { Metrics } from './metrics.ts';

export interface Tracer {
  /** A request that arrived. `parent`: the client's traceparent. */
  start(name: string, parent: string | undefined, attributes: Attributes): Span;
  /** Sends what is left. Never rejects for a collector that is down. */
  close(): Promise<void>;
}

export interface TracingOptions {
  /** OTEL_EXPORTER_OTLP_ENDPOINT, without a trailing slash. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** Of the traces that begin here, 0 to 1; a trace of the client's is its decision. */
  readonly ratio: number;
  /** Told of each export: how many spans, and why they are lost. */
  readonly onExport: (spans: number, error: Error | undefined) => void;
}

/** Scraped all day long: their spans would bury the others. */
const untraced: ReadonlySet<string | undefined> = new Set([
  '/health/live',
  '/health/ready',
  '/metrics',
]);

type Settings = Pick<
  Config,
  'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_SERVICE_NAME' | 'OTEL_TRACES_SAMPLER_ARG'
>;

/**
 * OpenTelemetry when OTEL_EXPORTER_OTLP_ENDPOINT is set; else undefined, and nothing of it is
 * loaded (it costs 60 ms and 15 MB).
 */
export async function startTracing(
  settings: Settings,
  onExport: TracingOptions['onExport'],
): Promise<Tracer | undefined> {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return undefined;
  const { createTracer } = await import('./otlp.ts');
  return createTracer({
    endpoint,
    serviceName: settings.OTEL_SERVICE_NAME,
    ratio: settings.OTEL_TRACES_SAMPLER_ARG,
    onExport,
  });
}

/** Counts every export; the first one that fails and the first that works again are logged. */
export function tellExports(
  log: { warn(line: object, message: string): void },
  metrics: Pick<Metrics, 'spans'>,
): TracingOptions['onExport'] {
  let lost = false;
  return (spans, err) => {
    metrics.spans(spans, err ? 'lost' : 'exported');
    if (err && !lost) log.warn({ err }, 'traces are lost: the collector does not take them');
    if (!err && lost) log.warn({}, 'traces arrive again');
    lost = err !== undefined;
  };
}

/** One span for each request, under the client's where it names one; nothing of who calls in it. */
export function traceRequests(app: FastifyInstance, tracer: Tracer): void {
  app.addHook('onRequest', async (request: FastifyRequest) => {
    const { method, routeOptions, headers } = request;
    const route = routeOptions.url;
    if (untraced.has(route)) return;
    request.span = tracer.start(
      `${method} ${route ?? ''}`.trim(),
      readTraceparent(headers['traceparent']),
      {
        'http.request.method': method,
        ...(route === undefined ? {} : { 'http.route': route }),
        'gateway.request_id': request.id,
      },
    );
  });
  app.addHook('onResponse', async ({ span }: FastifyRequest, { statusCode }: FastifyReply) => {
    span?.set({ 'http.response.status_code': statusCode });
    span?.end(statusCode >= 500 ? String(statusCode) : undefined);
  });
}
