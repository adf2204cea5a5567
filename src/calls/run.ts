import { Refusal } from '../errors.ts';
import type { Answer } from './answer.ts';
import { authorize, type Callable } from './authorize.ts';
import type { Caller } from './caller.ts';
import type { CallContext, Forward } from './forward.ts';
import type { Counted } from './limit.ts';

export interface Call extends CallContext, Counted {
  readonly tool: string;
  readonly caller: Caller | undefined;
  readonly input: unknown;
  /** What an interactive target gets beside its arguments; nothing when unset. */
  readonly round?: object | undefined;
}

export type Run = (call: Call) => Promise<Answer>;

/** Told of each call that was granted and answered to its end. */
export type OnAnswered = (call: Call, status: number) => void;

/** What the backend of an interactive target gets instead of the bare arguments. */
const envelope = (input: unknown, round: object = { clientCapabilities: {} }) => ({
  arguments: input,
  ...round,
});

/**
 * The one way a tool is called, whichever door the call came through:
 * authorize, count, judge the input, forward.
 */
export function createRun(callable: Callable, forward: Forward, onAnswered: OnAnswered): Run {
  return async (call) => {
    const grant = authorize(callable, call.tool, call.caller);
    await call.count(grant.tool);
    const problem = grant.tool.checkInput(call.input);
    if (problem !== undefined) {
      const description = `The arguments do not match the tool's input schema: ${problem}`;
      throw new Refusal('invalid_input', { description });
    }
    const { input, round } = call;
    const body = grant.tool.interactive ? envelope(input, round) : input;
    const answer = await forward(grant, body, call);
    const answered = (): void => onAnswered(call, answer.status);
    if (Buffer.isBuffer(answer.body)) answered();
    else answer.body.once('end', answered);
    return answer;
  };
}
