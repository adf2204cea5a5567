import { randomBytes } from 'node:crypto';
import { Pool } from 'undici';
import { Refusal } from '../errors.ts';
import type { Tool } from '../tools/catalog.ts';
import type { Grant } from './authorize.ts';
import { type Answer, type ExchangeError, exchange } from './exchange.ts';
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
   * Sends a granted call to the backend and waits for the whole answer.
   * @throws {Refusal} `upstream_failed`, `upstream_timeout`.
   */
  (grant: Grant, input: unknown, context: CallContext): Promise<Answer>;
  close(): Promise<void>;
}

export interface Backend {
  /** FUNCTIONS_BASE, without a trailing slash. */
  readonly base: string;
  /** The first signs; none = unsigned (a backend on loopback). */
  readonly secret: string | undefined;
}

const repeatable = ({ annotations }: Tool): boolean =>
  annotations.readOnlyHint === true || annotations.idempotentHint === true;

function refusalOf({ kind, cause }: ExchangeError): Refusal {
  if (kind === 'timeout') return new Refusal('upstream_timeout', { cause });
  if (kind === 'aborted') return new Refusal('upstream_failed', { reason: 'client_gone' });
  return new Refusal('upstream_failed', { cause });
}

/** Opens the keep-alive pool to the backend and returns the function that forwards calls. */
export function createForward({ base, secret }: Backend): Forward {
  const { origin, host: authority, pathname } = new URL(base);
  const prefix = pathname.replace(/\/$/, '');
  // The deadline is the tool's alone: undici's own (300 s) would end a longer one early.
  const pool = new Pool(origin, { connections: 128, headersTimeout: 0, bodyTimeout: 0 });

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
    return [['content-type', 'application/json'], ...identity, ...signature, ...trace].flat();
  };

  const forward = async (grant: Grant, input: unknown, context: CallContext): Promise<Answer> => {
    const { tool } = grant;
    const path = `${prefix}/${tool.path}`;
    const body = Buffer.from(JSON.stringify(input));
    const deadline = performance.now() + tool.timeoutMs;
    const attempt = (): Promise<Answer> =>
      exchange(pool, {
        path,
        headers: headersFor(grant, path, body, context),
        body,
        timeoutMs: Math.max(1, deadline - performance.now()),
        signal: context.signal,
      });
    try {
      return await attempt().catch((error: ExchangeError) => {
        if (error.kind !== 'failed' || error.late || !repeatable(tool)) throw error;
        return attempt();
      });
    } catch (error) {
      throw refusalOf(error as ExchangeError);
    }
  };
  return Object.assign(forward, { close: () => pool.close() });
}
