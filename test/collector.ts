import type { Test } from 'tap';
import { json, type Recorder, startRecorder } from './recorder.ts';

/** A span as OTLP/HTTP carries it, its attributes as one record. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** 2 = server, 3 = client (OTLP, Span.SpanKind). */
  readonly kind: number;
  readonly milliseconds: number;
  /** 2 = error. */
  readonly status: number | undefined;
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface Collector {
  readonly url: string;
  readonly recorder: Recorder;
  readonly spans: ReceivedSpan[];
  /** Attributes of the service the last spans came from. */
  resource(): Readonly<Record<string, unknown>>;
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number };
}
interface Otlp {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: (Omit<ReceivedSpan, 'attributes' | 'status' | 'milliseconds'> & Raw)[] }[];
  }[];
}
interface Raw {
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  status: { code?: number };
}

const record = (attributes: Attribute[]): Record<string, string | number> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]),
  );

/** An OTLP/HTTP collector (JSON protocol) on loopback that keeps what it got; gone with the test. */
export async function startCollector(t: Test): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  let resource: Record<string, unknown> = {};
  const recorder = await startRecorder(t, (response, received) => {
    const { resourceSpans } = JSON.parse(received.body) as Otlp;
    for (const { resource: of, scopeSpans } of resourceSpans) {
      resource = record(of.attributes);
      for (const { attributes, status, ...span } of scopeSpans.flatMap((scope) => scope.spans)) {
        const nanoseconds = BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano);
        const milliseconds = Number(nanoseconds) / 1e6;
        spans.push({ ...span, milliseconds, status: status.code, attributes: record(attributes) });
      }
    }
    json({})(response, received);
  });
  return { url: recorder.url, recorder, spans, resource: () => resource };
}
