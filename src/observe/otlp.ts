import {
  type Context,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Span } from '../trace.ts';
import type { Tracer, TracingOptions } from './tracing.ts';

/** Milliseconds one export may take; a collector that hangs must not hold up the end. */
const timeoutMillis = 3_000;

/** Tells of every export: how many spans, and the error when they are lost. */
function tellResults(exporter: SpanExporter, onExport: TracingOptions['onExport']): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        onExport(spans.length, result.code === 0 ? undefined : result.error);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

/** The client's span as the parent of ours. */
function contextFrom(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  const traceFlags = Number.parseInt(flags, 16) & 1;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** Spans over OTLP/HTTP in JSON, in batches, to `{endpoint}/v1/traces` (OTLP 1.x). */
export function createTracer(options: TracingOptions): Tracer {
  const { endpoint, serviceName, ratio, onExport } = options;
  const url = `${endpoint}/v1/traces`;
  const exporter = tellResults(new OTLPTraceExporter({ url, timeoutMillis }), onExport);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('openai-auth0-gateway');

  const wrap = (span: OtelSpan): Span => {
    const { traceId, spanId, traceFlags } = span.spanContext();
    const flags = String(traceFlags & 1).padStart(2, '0');
    return {
      traceId,
      traceparent: `00-${traceId}-${spanId}-${flags}`,
      set: (attributes) => void span.setAttributes(attributes),
      child: (name, attributes) => {
        const context = trace.setSpan(ROOT_CONTEXT, span);
        return wrap(tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, context));
      },
      end(error) {
        if (error !== undefined) {
          span.setAttribute('error.type', error).setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      },
    };
  };
  return {
    start: (name, parent, attributes) =>
      wrap(tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, contextFrom(parent))),
    // What is lost at the end was told by onExport.
    close: () => provider.shutdown().catch(() => {}),
  };
}
