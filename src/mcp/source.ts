import { type Code, Refusal, refusalBody, toRefusal } from '../errors.ts';
import type { Asked } from './asked.ts';
import { codes, ProtocolError } from './message.ts';

/** Failures of the backend of a resource or prompt: the protocol has no result for them. */
const internal: ReadonlySet<Code> = new Set([
  'upstream_failed',
  'upstream_timeout',
  'upstream_unavailable',
]);

/** What a backend that failed answers inside the protocol; every other refusal HTTP has to say. */
export function backendError(error: unknown, { request }: Asked): unknown {
  if (error instanceof ProtocolError) return error;
  const refusal = toRefusal(error);
  if (!internal.has(refusal.code)) return refusal;
  const data = refusalBody(refusal, request.id);
  return new ProtocolError(codes.internalError, refusal.message, { data });
}

/** A backend that answered with an error status, in its own words. */
export const failedWith = (text: string): Refusal =>
  new Refusal('upstream_failed', { reason: 'error_status', description: text });
