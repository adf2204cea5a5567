import type { LogRecord, NewLogRecord, State } from './state.ts';

/**
 * Appends a record to the tenant's log and tells the log streams.
 * `log_id` grows with every record, so that comparing two ids as text tells which is older
 * (GET /api/v2/logs takes one as a checkpoint).
 */
export function writeLog(state: State, record: NewLogRecord): LogRecord {
  const now = new Date();
  const written: LogRecord = {
    ...record,
    date: now.toISOString(),
    log_id: `900${now.toISOString().replace(/\D/g, '')}${String(state.logs.length).padStart(12, '0')}`,
  };
  state.logs.push(written);
  state.events.emit('log', written);
  return written;
}
