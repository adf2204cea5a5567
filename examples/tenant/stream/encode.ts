import type { LogRecord, LogStream } from '../state.ts';

/** The bodies that carry `records` in a stream's format: one, or one for each record with JSONOBJECT. */
export function encode(
  records: readonly LogRecord[],
  format: LogStream['sink']['httpContentFormat'],
): string[] {
  const events = records.map((data) => ({ log_id: data.log_id, data }));
  if (format === 'JSONARRAY') return [JSON.stringify(events)];
  const lines = events.map((event) => JSON.stringify(event));
  return format === 'JSONOBJECT' ? lines : [lines.join('\n')];
}
