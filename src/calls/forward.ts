import { Pool } from 'undici';
import type { Target } from '../tools/target.ts';
import type { Span } from '../trace.ts';
import { type Answer, type ExchangeEnd, ExchangeError } from './answer.ts';
import type { Grant } from './authorize.ts';
import type { BackendToken } from './backend-token.ts';
import type { BreakerRule, BreakerState } from './breaker.ts';
import { exchange } from './exchange.ts';
import { createHeaders } from './headers.ts';
import { createLanes, type LaneState } from './lane.ts';

/** What identifies one call beside its grant. */
export interface CallContext {
  readonly requestId: string;
  /** When the request came, `performance.now()`. */
  readonly began: number;
  /** What tracing knows the request by; undefined while it is off. */
  readonly span: Span | undefined;
  /** W3C Trace Context, taken over from the client. */
  readonly traceparent: string | undefined;
  /** What the client says of its person, encoded; its word, no identity. */
  readonly hints?: string | undefined;
  readonly signal: AbortSignal;
}

export interface Forward {
  /**
   * Sends a granted call to the backend and waits for its answer, or the beginning of a long one.
   * @throws {Refusal} `upstream_failed`, `upstream_timeout`, `upstream_unavailable`, `overloaded`.
   */
  (grant: Grant, input: unknown, context: CallContext): Promise<Answer>;
  /** How it stands with each tool that was called since the start. */
  state(): LaneState[];
  close(): Promise<void>;
}

/** One exchange as an operator sees it. */
interface Observed {
  /** Goes to the backend (W3C Trace Context). */
  readonly traceparent: string | undefined;
  /** The status that was answered to the last byte, or why it was not. */
  end(how: number | ExchangeEnd): void;
}

/** Watches an exchange from its beginning; `resend`: 0 for the first attempt. */
export type Observe = (tool: string, context: CallContext, resend: number) => Observed;

export interface Backend {
  /** FUNCTIONS_BASE, without a trailing slash. */
  readonly base: string;
  /** The first signs; none = unsigned (a backend on loopback). */
  readonly secret: string | undefined;
  /** What the backend wants in Authorization. */
  readonly token: BackendToken;
  readonly breaker: BreakerRule;
  readonly onBreaker: (tool: string, state: BreakerState) => void;
  readonly observe: Observe;
}

const repeatable = ({ annotations }: Target): boolean =>
  annotations.readOnlyHint === true || annotations.idempotentHint === true;

/** The connection failed before a byte was answered. */
const unanswered = (error: unknown): boolean =>
  error instanceof ExchangeError && error.end === 'failed' && !error.late;

/** Tells the end of an answer, once it has come. */
function tellEnd({ status, body }: Answer, { end }: Observed): void {
  if (Buffer.isBuffer(body)) end(status);
  else {
    body.once('close', () => {
      const { errored } = body;
      if (body.readableEnded) end(status);
      else end(errored instanceof ExchangeError ? errored.end : 'aborted');
    });
  }
}

/** Opens the keep-alive pool to the backend and returns the function that forwards calls. */
export function createForward(backend: Backend): Forward {
  const { base, secret, token, breaker, onBreaker, observe } = backend;
  const { origin, host: authority, pathname } = new URL(base);
  const prefix = pathname.replace(/\/$/, '');
  // The deadline is the tool's alone: undici's own (300 s) would end a longer one early.
  // Each call at the backend has its connection, and the rooms of the tools bound their number.
  const pool = new Pool(origin, { headersTimeout: 0, bodyTimeout: 0 });
  const lanes = createLanes(breaker, onBreaker);

  const headersFor = createHeaders(authority, secret);

  const forward = async (grant: Grant, input: unknown, context: CallContext): Promise<Answer> => {
    const { tool } = grant;
    const { signal } = context;
    const lane = lanes.of(tool);
    const deadline = performance.now() + tool.timeoutMs;
    const left = () => ({ timeoutMs: Math.max(1, deadline - performance.now()), signal });
    const path = `${prefix}/${tool.path}`;
    const body = Buffer.from(JSON.stringify(input));
    const { requestId, hints } = context;
    const message = { grant, path, body, requestId, hints };
    const send = async (): Promise<Answer> => {
      const given = token(left());
      const authorization = typeof given === 'string' ? given : await given;
      let sent = 0;
      const once = async (): Promise<Answer> => {
        const observed = observe(tool.name, context, sent++);
        const { traceparent } = observed;
        const headers = headersFor({ ...message, traceparent, authorization });
        const request = { path, headers, body, mostBytes: tool.maxAnswerBytes, ...left() };
        try {
          const answer = await exchange(pool, request);
          tellEnd(answer, observed);
          return answer;
        } catch (error) {
          observed.end((error as ExchangeError).end);
          throw error;
        }
      };
      return lane.breaker.run(once).catch((error) => {
        if (!unanswered(error) || !repeatable(tool)) throw error;
        return lane.breaker.run(once);
      });
    };

    const place = lane.room.enter(left());
    if (place) await place;
    try {
      const answer = await send();
      if (Buffer.isBuffer(answer.body)) lane.room.leave();
      else answer.body.once('close', lane.room.leave);
      return answer;
    } catch (error) {
      lane.room.leave();
      throw error;
    }
  };
  return Object.assign(forward, { state: lanes.state, close: () => pool.close() });
}
