import { split } from './split.ts';

export type LogRecord = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is LogRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
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

/** One object over several lines is the only value that no line ends. */
function* values(text: string): Generator<unknown> {
  const whole = text.startsWith('{') ? tryJson(text) : undefined;
  if (whole !== undefined) yield whole;
  else for (const part of split(text)) yield tryJson(part);
}

/**
 * Reads the body of a delivery: JSON lines, a JSON array or a JSON object, whatever its content
 * type says (the operator chooses both, Auth0 "Custom Log Streams"). Yields the inner records, each
 * with its `log_id` where it has one, and undefined for every line or element that is no record.
 * Never throws; lazy, so that the reader of a large delivery can pause.
 */
export function* parseDelivery(body: string): Generator<LogRecord | undefined> {
  for (const value of values(body.replace(/^\uFEFF/, '').trim())) {
    yield isObject(value) ? unwrap(value) : undefined;
  }
}
