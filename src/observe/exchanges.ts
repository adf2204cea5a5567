import type { Span } from '../trace.ts';
import type { Metrics } from './metrics.ts';

/** What of a call its exchanges belong to. */
interface Parent {
  readonly span: Span | undefined;
  /** The client's, for when there is no span. */
  readonly traceparent: string | undefined;
}

/** An exchange under way. */
export interface Observed {
  /** Goes to the backend (W3C Trace Context). */
  readonly traceparent: string | undefined;
  /** `outcome`: the status of the answer, or a word for why there is none. */
  end(outcome: number | string): void;
}

/** Times each exchange with the backend and gives it a span; `resend`: 0 for the first attempt. */
export const observeExchanges =
  (metrics: Metrics) =>
  (tool: string, { span: parent, traceparent }: Parent, resend: number): Observed => {
    const began = performance.now();
    const span = parent?.child(`POST ${tool}`, {
      'http.request.method': 'POST',
      'gateway.tool': tool,
      ...(resend === 0 ? {} : { 'http.request.resend_count': resend }),
    });
    return {
      traceparent: span?.traceparent ?? traceparent,
      end(outcome) {
        const answered = typeof outcome === 'number';
        metrics.exchange(tool, answered ? 'answered' : outcome, (performance.now() - began) / 1000);
        if (answered) span?.set({ 'http.response.status_code': outcome });
        span?.end(answered && outcome < 400 ? undefined : String(outcome));
      },
    };
  };
