import type { Door } from '../door.ts';
import { inventInput } from '../invent.ts';
import { covered, type ListedTool } from '../listed-tool.ts';
import type { NamedCall } from '../options.ts';
import { type Challenge, told } from '../refusal.ts';
import { type Done, StepFailed, skip } from '../step.ts';
import { type Call, findCall, mustAnswer } from './call.ts';

/** A call that needs more scope than the token has. */
export interface Denied {
  readonly call: Call;
  /** All scopes the challenge names. */
  readonly scopes: readonly string[];
}

const expected =
  'a challenge: HTTP 403 with error="insufficient_scope" and scope="…", or isError with _meta["mcp/www_authenticate"]';

/** Calls a tool beyond the scopes of the token and wants to be challenged. Undefined = there is none. */
export async function tooLittleScope(
  door: Door,
  tools: readonly ListedTool[],
  granted: readonly string[],
  named: NamedCall | undefined,
): Promise<Done<Denied | undefined>> {
  const call = named === undefined ? firstBeyond(tools, granted) : findCall(named, tools);
  if (call === undefined || covered(call.tool, granted)) {
    return skip(undefined, `the token has every scope it could need: ${granted.join(' ')}`);
  }
  const answer = await door.call(call.tool.name, call.input);
  const { challenge } = answer;
  const scopes = challenge.scope?.split(' ') ?? [];
  const complete = call.tool.scopes.every((scope) => scopes.includes(scope));
  if (challenge.error === 'insufficient_scope' && complete) {
    const how = answer.kind === 'refused' ? `HTTP ${answer.status}` : 'result with challenge';
    return {
      value: { call, scopes },
      detail: `${call.tool.name}: ${how}, needs ${scopes.join(' ')}`,
    };
  }
  throw new StepFailed({
    expected,
    came:
      answer.kind === 'refused'
        ? told(answer)
        : `an answer of ${call.tool.name} ${sayChallenge(challenge)}`,
    fix: 'The gateway must check the scopes of the tool on every call and name all of them: without the challenge ChatGPT cannot ask for more.',
  });
}

const sayChallenge = ({ error, scope }: Challenge): string =>
  error === undefined ? 'without a challenge' : `with ${error}, scope ${scope ?? 'none'}`;

function firstBeyond(tools: readonly ListedTool[], granted: readonly string[]): Call | undefined {
  const tool = tools.find((listed) => !covered(listed, granted));
  return tool && { tool, input: inventInput(tool.inputSchema) };
}

/** Makes the denied call again, now with the scope. A tool that writes is left alone in real life unless named. */
export async function write(
  door: Door,
  denied: Denied | undefined,
  forReal: boolean,
): Promise<Done<void>> {
  if (denied === undefined) return skip(undefined, 'no tool needed more scope');
  const { tool } = denied.call;
  if (forReal || tool.readOnly) return mustAnswer(door, denied.call);
  return skip(undefined, `${tool.name} may change something; --write ${tool.name}:JSON calls it`);
}
