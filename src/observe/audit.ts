import type { Logger } from 'pino';
import type { Refusal } from '../errors.ts';
import type { Metrics } from './metrics.ts';

/** Who called what; every field may be unknown. */
export interface Subject {
  readonly requestId: string;
  readonly tool: string | undefined;
  readonly caller: { readonly subject: string; readonly clientId: string } | undefined;
}

export interface Audit {
  /** One call that was forwarded and answered. `status`: the backend's; `ms`: milliseconds. */
  granted(subject: Subject & { readonly tool: string }, status: number, ms: number): void;
  refused(subject: Subject, refusal: Refusal): void;
}

const who = ({ requestId, tool, caller }: Subject) => ({
  tool,
  client_id: caller?.clientId,
  sub: caller?.subject,
  request_id: requestId,
});

/** Exactly one line for each call, and a line and a count for each refusal. */
export function createAudit(log: Logger, metrics: Metrics): Audit {
  return {
    granted(subject, status, ms) {
      metrics.call(subject.tool, String(status), ms / 1000);
      log.info({ granted: true, ...who(subject), status, ms: Math.round(ms * 10) / 10 }, 'call');
    },
    refused(subject, refusal) {
      const { code, status, detail } = refusal;
      const { reason } = detail;
      metrics.refused(code, reason ?? '');
      const line = { granted: false, code, reason, status, ...who(subject) };
      if (status < 500 || reason === 'client_gone') log.info(line, 'refused');
      else log.error({ ...line, err: refusal.cause }, 'refused');
    },
  };
}
