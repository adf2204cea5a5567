import { Refusal } from '../errors.ts';
import type { Catalog } from '../tools/catalog.ts';
import type { Answer } from './answer.ts';
import { authorize } from './authorize.ts';
import type { Caller } from './caller.ts';
import type { CallContext, Forward } from './forward.ts';
import type { Counted } from './limit.ts';

export interface Call extends CallContext, Counted {
  readonly tool: string;
  readonly caller: Caller | undefined;
  readonly input: unknown;
}

export type Run = (call: Call) => Promise<Answer>;

/** Told of each call that was granted and answered to its end. */
export type OnAnswered = (call: Call, status: number) => void;

/**
 * The one way a tool is called, whichever door the call came through:
 * authorize, count, judge the input, forward.
 */
export function createRun(catalog: Catalog, forward: Forward, onAnswered: OnAnswered): Run {
  return async (call) => {
    const grant = authorize(catalog, call.tool, call.caller);
    await call.count(grant.tool);
    const problem = grant.tool.checkInput(call.input);
    if (problem !== undefined) {
      const description = `The arguments do not match the tool's input schema: ${problem}`;
      throw new Refusal('invalid_input', { description });
    }
    const answer = await forward(grant, call.input, call);
    const answered = (): void => onAnswered(call, answer.status);
    if (Buffer.isBuffer(answer.body)) answered();
    else answer.body.once('end', answered);
    return answer;
  };
}
