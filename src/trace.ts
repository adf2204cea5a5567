/** Version ff and zero ids are invalid (W3C Trace Context §3.2.2). */
const traceparentShape =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A `traceparent` header as it is; undefined when there is none or it is not one. */
export function readTraceparent(header: string | string[] | undefined): string | undefined {
  const text = String(header ?? '');
  return traceparentShape.test(text) ? text : undefined;
}

export type Attributes = Readonly<Record<string, string | number>>;

/** One piece of work as a tracing backend shows it. There is none while tracing is off. */
export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** This span as the parent of what comes next (W3C Trace Context). */
  readonly traceparent: string;
  set(attributes: Attributes): void;
  /** A request to another server, on behalf of this work. */
  child(name: string, attributes: Attributes): Span;
  /** `error`: a stable word when the work failed. */
  end(error?: string): void;
}
