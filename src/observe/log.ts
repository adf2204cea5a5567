import { type DestinationStream, type Logger, pino } from 'pino';
import { redact } from './redact.ts';

/** Cloud Logging reads `severity`; pino's own level stays beside it. */
const severities: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/** Only what an error says of itself: requests and responses hang on some, tokens in them. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack, cause } = error;
  return { type: name, message, stack, ...(cause ? { cause: plainError(cause) } : {}) };
}

/** Method and path; never the query, which may hold what does not belong there. */
function plainRequest(request: { method?: string; url?: string }): unknown {
  return { method: request.method, path: request.url?.split('?')[0] };
}

/**
 * The structured log: JSON lines, secrets redacted at every depth they could appear.
 * @param destination standard output when unset.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    messageKey: 'message',
    formatters: {
      level: (label: string) => ({ level: label, severity: severities[label] }),
      log: redact,
    },
    serializers: { err: plainError, error: plainError, req: plainRequest, res: () => undefined },
  };
  return destination ? pino(options, destination) : pino(options);
}
