import { admit } from '../../calls/authorize.ts';
import { Refusal } from '../../errors.ts';
import { fillPrompt, type Prompt } from '../../tools/prompt.ts';
import type { Target } from '../../tools/target.ts';
import { type Answered, type Asked, type Method, subjectOf } from '../asked.ts';
import { codes, isObject, type Params, ProtocolError } from '../protocol/message.ts';
import { errorText } from '../results/error-text.ts';
import { isPromptResult } from '../results/native.ts';
import { readAnswer, type WholeAnswer } from '../results/read-answer.ts';
import { complete } from './complete.ts';
import { listOf } from './list.ts';
import { asProtocolError, failedWith, type SourceParts, sourceError } from './source.ts';

const invalid = (what: string): ProtocolError => new ProtocolError(codes.invalidParams, what);

function describe({ name, title, description, icons, _meta, arguments: all }: Prompt): object {
  const described = { name, title, description, icons, _meta };
  const args = all.map(({ values: _, ...argument }) => argument);
  return {
    ...Object.fromEntries(Object.entries(described).filter(([, value]) => value !== undefined)),
    ...(args.length > 0 ? { arguments: args } : {}),
  };
}

/** `prompts/list`. */
const list = ({ config, catalog }: SourceParts): Method =>
  listOf(config, catalog, {
    member: 'prompts',
    entries: [...catalog.prompts.values()],
    keyOf: ({ name }) => name,
    describe,
  });

/** The arguments of a prompt: texts, and none missing that is required. */
function readArguments(prompt: Prompt, given: unknown): Record<string, string> {
  const args = given ?? {};
  if (!isObject(args) || !Object.values(args).every((value) => typeof value === 'string')) {
    throw invalid('The arguments of a prompt are texts.');
  }
  for (const { name, required } of prompt.arguments) {
    if (required && !Object.hasOwn(args, name)) throw invalid(`The prompt needs ${name}.`);
  }
  const known = new Set(prompt.arguments.map(({ name }) => name));
  const foreign = Object.keys(args).find((name) => !known.has(name));
  if (foreign !== undefined) throw invalid(`The prompt has no argument ${foreign}.`);
  return args as Record<string, string>;
}

const noMessages = 'The backend of this prompt answered no messages.';

/** A prompt is messages; all else but an error is a mistake of the backend. */
function judge(answer: WholeAnswer): void {
  if (answer.status >= 400 || isPromptResult(readAnswer(answer).json)) return;
  throw new Refusal('upstream_failed', { reason: 'no_messages', description: noMessages });
}

/** `prompts/get`. */
function get(parts: SourceParts): Method {
  const { config, catalog, run, ask, onAnswered, onRefused } = parts;
  const { hostname: backend } = new URL(config.FUNCTIONS_BASE);

  const fromBackend = async (asked: Asked, target: Target, input: Params): Promise<Answered> => {
    const heard = await ask(asked, { run, target, input, judge });
    if ('wanted' in heard) return { result: heard.wanted };
    if (heard.answer.status >= 400) throw failedWith(errorText(heard.answer, backend));
    // Only an interactive backend may ask, and not by this way.
    const { resultType: _, ...result } = readAnswer(heard.answer).json as Params;
    return { result };
  };

  return async (asked) => {
    const { name, arguments: given } = asked.params;
    const prompt = typeof name === 'string' ? catalog.prompts.get(name) : undefined;
    if (!prompt) {
      const refusal = new Refusal('not_found', { description: 'There is no prompt of this name.' });
      onRefused(asked.request, refusal);
      throw asProtocolError(codes.invalidParams, refusal, asked);
    }
    asked.request.toolName = `prompts/${prompt.name}`;
    admit(prompt, asked.request.caller, catalog.scopes);
    const args = readArguments(prompt, given);
    const { source, description } = prompt;
    if (!source) {
      const messages = fillPrompt(prompt, args);
      onAnswered(subjectOf(asked, `prompts/${prompt.name}`), 200);
      return { result: { ...(description ? { description } : {}), messages } };
    }
    try {
      return await fromBackend(asked, source, args);
    } catch (error) {
      throw sourceError(error, asked, onRefused);
    }
  };
}

/** The methods of prompts; none where the catalog has none. */
export function promptMethods(parts: SourceParts): [string, Method][] {
  const { prompts } = parts.catalog;
  if (prompts.size === 0) return [];
  const completes = [...prompts.values()].some((prompt) => prompt.arguments.length > 0);
  return [
    ['prompts/list', list(parts)],
    ['prompts/get', get(parts)],
    ...(completes
      ? ([['completion/complete', complete(parts.catalog)]] as [string, Method][])
      : []),
  ];
}
