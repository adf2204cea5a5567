import { whole } from '../../calls/answer.ts';
import { contextOf } from '../../calls/context.ts';
import type { Run } from '../../calls/run.ts';
import type { Target } from '../../tools/target.ts';
import { readTraceparent } from '../../trace.ts';
import { type Asked, metaOf } from '../asked.ts';
import { codes, type Params, ProtocolError } from '../protocol/message.ts';
import { readAnswer, type WholeAnswer } from '../results/read-answer.ts';
import {
  checkCapabilities,
  type InputRequired,
  readInputRequired,
  readRound,
} from './input-required.ts';
import { readReports, reportsProgress } from './reports.ts';
import type { RequestState } from './request-state.ts';

/** What is called: a tool, or what a resource or prompt comes from. */
export interface Asking {
  readonly run: Run;
  readonly target: Target;
  readonly input: unknown;
}

/** The backend's answer, or what it wants to know first. */
export type Heard =
  | { readonly answer: WholeAnswer }
  | { readonly wanted: InputRequired & { readonly resultType: 'input_required' } };

export type Ask = (asked: Asked, asking: Asking) => Promise<Heard>;

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

/** The one way from a method to a backend: progress goes out at once, the answer comes whole. */
export function createAsk(state: RequestState): Ask {
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
    if (opened === undefined) throw new ProtocolError(codes.invalidParams, stale);
    return { ...rest, requestState: opened };
  };

  const wantedBy = (asked: Asked, asking: Asking, wanted: InputRequired): Heard => {
    if (asked.era === 'legacy') return { answer: cannotAsk };
    checkCapabilities(wanted, asked.capabilities);
    const { requestState } = wanted;
    const sealed =
      requestState === undefined
        ? {}
        : { requestState: state.seal(requestState, belonging(asked, asking)) };
    return { wanted: { resultType: 'input_required', ...wanted, ...sealed } };
  };

  return async (asked, asking) => {
    const { request, reply, line } = asked;
    const { run, target, input } = asking;
    const { progressToken, traceparent } = metaOf(asked);
    const round = target.interactive ? roundFor(asked, asking) : undefined;
    line.keepAlive();
    const context = contextOf(request, reply);
    const answer = await run({
      ...context,
      traceparent: context.traceparent ?? traceOf(traceparent),
      tool: target.name,
      caller: request.caller,
      input,
      round,
    });
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
    if (!wanted) return { answer: heard };
    return wantedBy(asked, asking, wanted);
  };
}
