export type LogRecord = Readonly<Record<string, unknown>>;

/** A delivery of the log stream, read. */
export interface Delivery {
  /** The inner records, each with its `log_id` where it has one. */
  readonly records: readonly LogRecord[];
  /** Lines or elements that are no record. */
  readonly broken: number;
}

const isObject = (value: unknown): value is LogRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function tryJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Takes a record out of its wrapping `{log_id, data}`; the bare form names its id `_id` or `log_id`. */
function unwrap(value: LogRecord): LogRecord {
  const { data } = value;
  const record = isObject(data) ? data : value;
  return { ...record, log_id: value['log_id'] ?? record['log_id'] ?? record['_id'] };
}

/**
 * Reads the body of a delivery: JSON lines, a JSON array or a JSON object, whatever its content
 * type says (the operator chooses both, Auth0 "Custom Log Streams"). Never throws: what cannot be
 * read is counted and the rest is kept.
 */
export function parseDelivery(body: string): Delivery {
  const text = body.replace(/^\uFEFF/, '').trim();
  const whole = tryJson(text);
  const parts = whole
    ? [whole]
    : text
        .split(/[\r\n]+/)
        .filter((line) => line.trim() !== '')
        .map(tryJson);
  const values = parts.flatMap((part): unknown[] =>
    Array.isArray(part?.value) ? part.value : [part?.value],
  );
  const records = values.filter(isObject).map(unwrap);
  return { records, broken: values.length - records.length };
}
