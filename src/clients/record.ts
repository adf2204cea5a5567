import type { Decision } from './decide.ts';
import type { Outcome } from './promote.ts';
import { reasons } from './reasons.ts';
import { createRecent } from './recent.ts';

type Write = (line: object, message: string) => void;

/** The part of pino's logger that is written to. */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

export interface ClientMetrics {
  clientOutcome(verdict: string, outcome: string): void;
  /** One delivery of the log stream: its readable records and its broken parts. */
  delivery(records: number, broken: number): void;
  /** One sweep: clients it found incomplete. */
  sweep(found: number): void;
}

/** What a verdict's word means to an operator, and where there is one, the cure. */
const meaningOf = (decision: Decision | undefined): { meaning?: string } =>
  decision && 'reason' in decision ? { meaning: reasons[decision.reason] } : {};

/** What became of one client, once. */
export interface Result {
  readonly clientId: string;
  readonly name: string | undefined;
  readonly source: 'event' | 'sweep' | 'command';
  readonly logId?: string | undefined;
  /** Undefined when the client could not be read. */
  readonly decision: Decision | undefined;
  readonly outcome: Outcome;
}

function levelOf({ outcome: { outcome, retry }, source }: Result): keyof Log {
  if (outcome === 'failed') return retry ? 'warn' : 'error';
  // A sweep comes by every client of the tenant.
  const usual = outcome === 'already' || (outcome === 'ignored' && source === 'sweep');
  return usual ? 'debug' : 'info';
}

const mostRemembered = 10_000;

/**
 * Writes one line per client and change, and counts. What a sweep finds again and again unchanged
 * is neither written nor counted a second time. A second promotion is a change: somebody took
 * away what the first one gave.
 */
export function createRecord(log: Log, metrics: ClientMetrics): (result: Result) => void {
  const last = createRecent<string>(Number.POSITIVE_INFINITY, mostRemembered, Date.now);
  return (result) => {
    const { clientId, name, source, logId, decision, outcome } = result;
    const { outcome: word, ...rest } = outcome;
    const verdict = decision?.verdict ?? 'undecided';
    const known = `${verdict} ${word === 'already' ? 'promoted' : word} ${rest.code}`;
    const same = last.get(clientId) === known;
    const again = same && word !== 'promoted';
    if (again && source === 'sweep') return;
    last.set(clientId, known);
    metrics.clientOutcome(verdict, word);
    const line = {
      client_id: clientId,
      client_name: name?.slice(0, 100),
      ...decision,
      ...meaningOf(decision),
      outcome: word,
      ...rest,
      source,
      log_id: logId,
    };
    log[again ? 'debug' : levelOf(result)](line, `client ${word}`);
  };
}
