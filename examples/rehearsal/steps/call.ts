import type { FetchLike } from '@modelcontextprotocol/client';
import { type Called, type Door, openDoor } from '../door.ts';
import { fixOf, fixOfResult, missingScope } from '../fixes.ts';
import { shorten } from '../http.ts';
import { inventInput, needsNothing } from '../invent.ts';
import { covered, type ListedTool } from '../listed-tool.ts';
import type { NamedCall } from '../options.ts';
import { type Refused, told } from '../refusal.ts';
import { type Done, StepFailed, skip } from '../step.ts';

/** One tool with the input it is called with. */
export interface Call {
  readonly tool: ListedTool;
  readonly input: Record<string, unknown>;
}

/** The call an option names. Throws StepFailed when there is no such tool. */
export function findCall({ name, input }: NamedCall, tools: readonly ListedTool[]): Call {
  const tool = tools.find((listed) => listed.name === name);
  if (tool !== undefined) return { tool, input: input ?? inventInput(tool.inputSchema) };
  throw new StepFailed({
    expected: `a tool called ${name}`,
    came: tools.map((listed) => listed.name).join(', '),
    fix: 'Name one that is listed.',
  });
}

/**
 * Calls a tool that only reads: the named one, or the first that needs a scope the token has and
 * no input. Gives the call, if there was one.
 */
export async function read(
  door: Door,
  tools: readonly ListedTool[],
  granted: readonly string[],
  named: NamedCall | undefined,
): Promise<Done<Call | undefined>> {
  const call = named === undefined ? chooseRead(tools, granted) : findCall(named, tools);
  if (call === undefined) return skip(call, 'no read-only tool of these scopes; --read names one');
  return { ...(await mustAnswer(door, call)), value: call };
}

function chooseRead(tools: readonly ListedTool[], granted: readonly string[]): Call | undefined {
  const readable = tools.filter((tool) => tool.readOnly && covered(tool, granted) && !tool.open);
  const scoped = readable.filter((tool) => tool.scopes.length > 0);
  const [tool] = [
    ...scoped.filter(({ inputSchema }) => needsNothing(inputSchema)),
    ...scoped,
    ...readable,
  ];
  return tool && { tool, input: inventInput(tool.inputSchema) };
}

/** Calls without a token the first tool that needs none. */
export async function anonymous(url: URL, fetch: FetchLike): Promise<Done<void>> {
  const door = openDoor(url, fetch, () => undefined);
  try {
    const listed = await door.list();
    const [tool] = listed.kind === 'tools' ? listed.tools.filter(({ open }) => open) : [];
    if (tool === undefined) return skip(undefined, 'no public tool');
    return await mustAnswer(door, { tool, input: inventInput(tool.inputSchema) });
  } finally {
    await door.close();
  }
}

/** Calls and wants an answer that is no error. */
export async function mustAnswer(door: Door, { tool, input }: Call): Promise<Done<void>> {
  const answer = await door.call(tool.name, input);
  if (answer.kind === 'result' && answer.result.isError !== true) {
    return { value: undefined, detail: `${tool.name}: ${textOf(answer)}` };
  }
  throw new StepFailed({ expected: `an answer of ${tool.name}`, ...whyNot(answer) });
}

function whyNot(answer: Called | Refused): { came: string; fix: string } {
  if (answer.kind === 'refused') return { came: told(answer), fix: fixOf(answer) };
  const { scope, error } = answer.challenge;
  const text = textOf(answer);
  const fix = error === undefined ? fixOfResult(text) : missingScope(scope?.split(' ') ?? []);
  return { came: `isError: ${text}`, fix };
}

const textOf = ({ result }: Called): string =>
  shorten(result.content.map((part) => ('text' in part ? String(part.text) : part.type)).join(' '));
