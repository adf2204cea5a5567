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
  /** What an interactive target gets beside its arguments; asked for once the call is allowed. */
  readonly round?: (() => object) | undefined;
}

export type Run = (call: Call) => Promise<Answer>;

/** Told of each call that was granted and answered to its end, once the answer proved to be one. */
export type OnAnswered = (call: Answered, status: number) => void;

/** What is told of a call. */
export type Answered = Pick<Call, 'requestId' | 'began' | 'span' | 'tool' | 'caller'>;

/** What the backend of an interactive target gets instead of the bare arguments. */
const envelope = (input: unknown, round: () => object = () => ({ clientCapabilities: {} })) => ({
  arguments: input,
  ...round(),
});

/**
 * The one way a tool is called, whichever door the call came through:
 * authorize, count, judge the input, forward. The door tells when it was answered.
 */
export function createRun(callable: Callable, forward: Forward): Run {
  return async (call) => {
    const grant = authorize(callable, call.tool, call.caller);
    await call.count(grant.tool);
    const problem = grant.tool.checkInput(call.input);
    if (problem !== undefined) {
      const description = `The arguments do not match the tool's input schema: ${problem}`;
      throw new Refusal('invalid_input', { description });
    }
    const { input, round } = call;
    return forward(grant, grant.tool.interactive ? envelope(input, round) : input, call);
  };
}
