import { whole } from '../../calls/answer.ts';
import { contextOf } from '../../calls/context.ts';
import type { OnAnswered, Run } from '../../calls/run.ts';
import { Refusal } from '../../errors.ts';
import type { Target } from '../../tools/target.ts';
import { readTraceparent } from '../../trace.ts';
import { type Asked, metaOf } from '../asked.ts';
import type { Params } from '../protocol/message.ts';
import { readAnswer, type WholeAnswer } from '../results/read-answer.ts';
import { readHints } from './hints.ts';
import {
  checkCapabilities,
  type InputRequired,
  readInputRequired,
  readRound,
  unreadable,
} from './input-required.ts';
import { readReports, reportsProgress } from './reports.ts';
import type { RequestState } from './request-state.ts';

/** What is called: a tool, or what a resource or prompt comes from. */
export interface Asking {
  readonly run: Run;
  readonly target: Target;
  readonly input: unknown;
  /** Throws where an answer is none after all; before the call counts as answered. */
  readonly judge?: (answer: WholeAnswer) => void;
}

/** The backend's answer, or what it wants to know first. */
export type Heard =
  | { readonly answer: WholeAnswer }
  | { readonly wanted: InputRequired & { readonly resultType: 'input_required' } };

export type Ask = (asked: Asked, asking: Asking) => Promise<Heard>;

const tooLong =
  'The requestState of the backend is too long to come back in a request (BODY_LIMIT).';

const stale = 'The requestState is not of this call, not of this caller, or too old.';

/** For a client of the legacy era, as if the backend had said so. */
const cannotAsk: WholeAnswer = {
  status: 501,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(
    '{"error":"This call needs an answer of yours, which takes a client of MCP 2026-07-28."}',
  ),
};

/** A token that a client can know a notification by (MCP, progress). */
const isToken = (value: unknown): boolean => typeof value === 'string' || Number.isInteger(value);

/** A trace that stands in `_meta` (MCP, trace context); a text, or none. */
const traceOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? readTraceparent(value) : undefined;

/**
 * The one way from a method to a backend: progress goes out at once, the answer comes whole.
 * @param longestState characters of a sealed state that still come back with a request.
 */
export function createAsk(state: RequestState, longestState: number, onAnswered: OnAnswered): Ask {
  const belonging = ({ request }: Asked, { target, input }: Asking) => ({
    subject: request.caller?.subject ?? '',
    clientId: request.caller?.clientId ?? '',
    organization: request.caller?.organization,
    target: target.name,
    input,
  });

  /** What an interactive backend gets beside its arguments. */
  const roundFor = (asked: Asked, asking: Asking): Params => {
    const round = readRound(asked.params);
    const { requestState, ...rest } = { ...round, clientCapabilities: asked.capabilities };
    if (requestState === undefined) return rest;
    const opened = state.open(requestState, belonging(asked, asking));
    if (opened !== undefined) return { ...rest, requestState: opened };
    throw new Refusal('invalid_request', { reason: 'stale_state', description: stale });
  };

  const wantedBy = (asked: Asked, asking: Asking, wanted: InputRequired): Heard => {
    if (asked.era === 'legacy') return { answer: cannotAsk };
    checkCapabilities(wanted, asked.capabilities);
    const { requestState } = wanted;
    if (requestState === undefined) return { wanted: { resultType: 'input_required', ...wanted } };
    const sealed = state.seal(requestState, belonging(asked, asking));
    if (sealed.length > longestState) throw unreadable(tooLong);
    return { wanted: { resultType: 'input_required', ...wanted, requestState: sealed } };
  };

  return async (asked, asking) => {
    const { request, reply, line } = asked;
    const { run, target, input, judge } = asking;
    const meta = metaOf(asked);
    const { progressToken, traceparent } = meta;
    line.keepAlive();
    const context = contextOf(request, reply);
    const call = {
      ...context,
      traceparent: context.traceparent ?? traceOf(traceparent),
      hints: readHints(meta),
      tool: target.name,
      caller: request.caller,
      input,
      round: () => roundFor(asked, asking),
    };
    const answer = await run(call);
    const tell = isToken(progressToken)
      ? (report: object) =>
          line.notify({
            jsonrpc: '2.0',
            method: 'notifications/progress',
            params: { progressToken, ...report },
          })
      : () => {};
    const heard = reportsProgress(answer.headers)
      ? await readReports(answer, tell)
      : await whole(answer);
    const wanted =
      target.interactive && heard.status < 400
        ? readInputRequired(readAnswer(heard).json)
        : undefined;
    if (!wanted) judge?.(heard);
    const outcome = wanted ? wantedBy(asked, asking, wanted) : { answer: heard };
    onAnswered(call, heard.status);
    return outcome;
  };
}
