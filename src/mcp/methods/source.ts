import type { OnAnswered, Run } from '../../calls/run.ts';
import type { Config } from '../../config.ts';
import { type Code, type Refusal, refusalBody, toRefusal } from '../../errors.ts';
import type { Catalog } from '../../tools/catalog.ts';
import type { Ask } from '../ask/ask.ts';
import type { Asked } from '../asked.ts';
import type { OnRefused } from '../protocol/failure.ts';
import { codes, ProtocolError } from '../protocol/message.ts';

/** What the methods of resources and prompts are made from. */
export interface SourceParts {
  readonly config: Pick<Config, 'TOOLS_LIST' | 'FUNCTIONS_BASE'>;
  readonly catalog: Catalog;
  /** Calls what resources and prompts come from. */
  readonly run: Run;
  readonly ask: Ask;
  readonly onAnswered: OnAnswered;
  readonly onRefused: OnRefused;
}

/** Failures of the backend of a resource or prompt: the protocol has no result for them. */
const internal: ReadonlySet<Code> = new Set([
  'upstream_failed',
  'upstream_timeout',
  'upstream_unavailable',
]);

/** A refusal in a code of JSON-RPC, with its body as data. */
export const asProtocolError = (code: number, refusal: Refusal, { request }: Asked) =>
  new ProtocolError(code, refusal.message, { data: refusalBody(refusal, request.id) });

/** A state that is not to be believed is a mistake of the parameters, whatever is called. */
export const isStale = ({ detail }: Refusal): boolean => detail.reason === 'stale_state';

/** What a call of a source that failed is inside the protocol; all else HTTP has to say. */
export function sourceError(error: unknown, asked: Asked, onRefused: OnRefused): unknown {
  if (error instanceof ProtocolError) return error;
  const refusal = toRefusal(error);
  if (!internal.has(refusal.code) && !isStale(refusal)) return refusal;
  onRefused(asked.request, refusal);
  return asProtocolError(
    isStale(refusal) ? codes.invalidParams : codes.internalError,
    refusal,
    asked,
  );
}

/** A backend that answered an error, in its own words. */
export const failedWith = (text: string): ProtocolError =>
  new ProtocolError(codes.internalError, text);
