import { randomBytes } from 'node:crypto';
import { Pool } from 'undici';
import type { Tool } from '../tools/catalog.ts';
import { type Answer, ExchangeError } from './answer.ts';
import type { Grant } from './authorize.ts';
import type { BackendToken } from './backend-token.ts';
import type { BreakerRule, BreakerState } from './breaker.ts';
import { exchange } from './exchange.ts';
import { createLanes, type LaneState } from './lane.ts';
import { sign } from './sign.ts';

/** What identifies one call beside its grant. */
export interface CallContext {
  readonly requestId: string;
  /** W3C Trace Context, taken over from the client. */
  readonly traceparent: string | undefined;
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

export interface Backend {
  /** FUNCTIONS_BASE, without a trailing slash. */
  readonly base: string;
  /** The first signs; none = unsigned (a backend on loopback). */
  readonly secret: string | undefined;
  /** What the backend wants in Authorization. */
  readonly token: BackendToken;
  readonly breaker: BreakerRule;
  readonly onBreaker: (tool: string, state: BreakerState) => void;
}

/** Nothing here unpacks an answer. */
const plain = [
  ['content-type', 'application/json'],
  ['accept-encoding', 'identity'],
] as const;

const repeatable = ({ annotations }: Tool): boolean =>
  annotations.readOnlyHint === true || annotations.idempotentHint === true;

/** The connection failed before a byte was answered. */
const unanswered = (error: unknown): boolean =>
  error instanceof ExchangeError && error.end === 'failed' && !error.late;

/** Opens the keep-alive pool to the backend and returns the function that forwards calls. */
export function createForward({ base, secret, token, breaker, onBreaker }: Backend): Forward {
  const { origin, host: authority, pathname } = new URL(base);
  const prefix = pathname.replace(/\/$/, '');
  // The deadline is the tool's alone: undici's own (300 s) would end a longer one early.
  // Each call at the backend has its connection, and the rooms of the tools bound their number.
  const pool = new Pool(origin, { headersTimeout: 0, bodyTimeout: 0 });
  const lanes = createLanes(breaker, onBreaker);

  const headersFor = (grant: Grant, path: string, body: Uint8Array, context: CallContext) => {
    const identity: (readonly [string, string])[] = [
      ...(grant.caller?.headers ?? []),
      ['x-tool-name', grant.tool.name],
      ['x-request-id', context.requestId],
    ];
    const message = { method: 'POST', authority, path, body, headers: identity };
    const created = Math.floor(Date.now() / 1000);
    const nonce = randomBytes(16).toString('base64url');
    const signature = secret === undefined ? [] : sign(message, { secret, created, nonce });
    const trace = context.traceparent ? [['traceparent', context.traceparent] as const] : [];
    return [...plain, ...identity, ...signature, ...trace].flat();
  };

  const forward = async (grant: Grant, input: unknown, context: CallContext): Promise<Answer> => {
    const { tool } = grant;
    const { signal } = context;
    const lane = lanes.of(tool);
    const deadline = performance.now() + tool.timeoutMs;
    const left = () => ({ timeoutMs: Math.max(1, deadline - performance.now()), signal });
    const path = `${prefix}/${tool.path}`;
    const body = Buffer.from(JSON.stringify(input));
    const send = async (): Promise<Answer> => {
      const given = token(left());
      const authorization = typeof given === 'string' ? given : await given;
      const once = (): Promise<Answer> => {
        const headers = headersFor(grant, path, body, context);
        if (authorization !== '') headers.push('authorization', authorization);
        const request = { path, headers, body, mostBytes: tool.maxAnswerBytes, ...left() };
        return exchange(pool, request);
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
