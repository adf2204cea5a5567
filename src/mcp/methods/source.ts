import { type Code, refusalBody, toRefusal } from '../../errors.ts';
import type { Asked } from '../asked.ts';
import type { OnRefused } from '../protocol/failure.ts';
import { codes, ProtocolError } from '../protocol/message.ts';

/** Failures of the backend of a resource or prompt: the protocol has no result for them. */
const internal: ReadonlySet<Code> = new Set([
  'upstream_failed',
  'upstream_timeout',
  'upstream_unavailable',
]);

/** What a call of a source that failed is inside the protocol; all else HTTP has to say. */
export function sourceError(error: unknown, { request }: Asked, onRefused: OnRefused): unknown {
  if (error instanceof ProtocolError) return error;
  const refusal = toRefusal(error);
  if (!internal.has(refusal.code)) return refusal;
  onRefused(request, refusal);
  const data = refusalBody(refusal, request.id);
  return new ProtocolError(codes.internalError, refusal.message, { data });
}

/** A backend that answered, but not what was asked for. */
export const unusable = (text: string): ProtocolError =>
  new ProtocolError(codes.internalError, text);
