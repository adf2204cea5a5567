import type { Logger } from 'pino';
import type { Refusal } from '../errors.ts';
import type { Span } from '../trace.ts';
import type { Metrics } from './metrics.ts';

interface Who {
  readonly subject: string;
  readonly clientId: string;
  /** The organization the person logged in to. */
  readonly organization: string | undefined;
  /** A client that acts for itself. */
  readonly machine: boolean;
}

/** Who called what; every field may be unknown. */
export interface Subject {
  readonly requestId: string;
  readonly tool: string | undefined;
  readonly caller: Who | undefined;
  /** When the request came, `performance.now()`; not a positive number: it never reached a hook. */
  readonly began: number;
  readonly span: Span | undefined;
}

export interface Audit {
  /** One call that was forwarded and answered. `status`: the backend's. */
  granted(subject: Subject & { readonly tool: string }, status: number): void;
  refused(subject: Subject, refusal: Refusal): void;
}

/** How an answered call ended: the backend's own errors are no failure of the gateway. */
function outcomeOf(status: number): string {
  if (status < 400) return 'ok';
  return status < 500 ? 'tool_4xx' : 'tool_5xx';
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

const who = ({ requestId, tool, caller, began, span }: Subject, now: number) => ({
  tool,
  client_id: caller?.clientId,
  sub: caller?.subject,
  org_id: caller?.organization,
  machine: caller?.machine || undefined,
  request_id: requestId,
  trace_id: span?.traceId,
  ms: began > 0 ? tenths(now - began) : undefined,
});

/** Exactly one line for each call and each refusal, and their counts. */
export function createAudit(log: Logger, metrics: Metrics): Audit {
  const count = ({ tool, span }: Subject, outcome: string, reason = ''): void => {
    const counted = tool === undefined ? '' : metrics.call(tool, outcome, reason);
    span?.set({ 'gateway.tool': counted, 'gateway.outcome': outcome, 'gateway.reason': reason });
  };
  return {
    granted(subject, status) {
      const now = performance.now();
      const outcome = outcomeOf(status);
      count(subject, outcome);
      metrics.answered(subject.tool, (now - subject.began) / 1000);
      log.info({ granted: true, outcome, status, ...who(subject, now) }, 'call');
    },
    refused(subject, refusal) {
      const { code, status, detail } = refusal;
      const { reason } = detail;
      count(subject, code, reason);
      metrics.refused(code, reason ?? '');
      const known = who(subject, performance.now());
      const line = { granted: false, outcome: code, code, reason, status, ...known };
      if (status < 500 || reason === 'client_gone') log.info(line, 'refused');
      else log.error({ ...line, err: refusal.cause }, 'refused');
    },
  };
}
