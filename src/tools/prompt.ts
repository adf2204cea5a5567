import type { Icon } from './fields.ts';
import { type Ask, parse } from './parse.ts';
import { placeholdersIn, replaceIn } from './placeholder.ts';
import {
  type Argument,
  livePromptSchema,
  type Message,
  writtenPromptSchema,
} from './prompt-schema.ts';
import { splitSource, type Target } from './target.ts';

/** Messages to begin with: written in the catalog (`messages`) or filled by the backend (`source`). */
export interface Prompt {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly icons?: readonly Icon[] | undefined;
  readonly _meta?: Readonly<Record<string, unknown>> | undefined;
  readonly arguments: readonly Argument[];
  readonly messages?: readonly Message[] | undefined;
  readonly source?: Target | undefined;
  readonly scopes: readonly string[];
  readonly public: boolean;
}

function checkNames({ report }: Ask, known: readonly Argument[], messages: readonly Message[]) {
  const names = new Set<string>();
  for (const { name } of known) {
    if (names.has(name)) report(`argument ${name} stands twice`);
    names.add(name);
  }
  for (const name of placeholdersIn(messages)) {
    if (!names.has(name)) report(`messages: {{${name}}} names no argument`);
  }
}

/** Judges one entry of `prompts`. */
export function readPrompt(written: unknown, ask: Ask): Prompt | undefined {
  if (!('path' in Object(written))) {
    const entry = parse(writtenPromptSchema, written, ask.report);
    if (!entry) return undefined;
    checkNames(ask, entry.arguments, entry.messages);
    return entry;
  }
  const entry = parse(livePromptSchema, written, ask.report);
  if (!entry) return undefined;
  checkNames(ask, entry.arguments, []);
  const { listed, source } = splitSource(`prompts/${entry.name}`, entry);
  return { ...listed, source };
}

/**
 * The messages of a prompt with `{{argument}}` replaced in every text; an argument that is not
 * given becomes nothing. What a value holds is not looked through again.
 */
export function fillPrompt(
  { messages = [] }: Pick<Prompt, 'messages'>,
  values: Readonly<Record<string, string>>,
): Message[] {
  const given = new Map(Object.entries(values));
  // Texts stay texts and keys stay keys: the shape is the same.
  return replaceIn(messages, (name) => given.get(name) ?? '') as Message[];
}
