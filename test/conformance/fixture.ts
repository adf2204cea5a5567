/** One round of a call, as a backend of the gateway gets it. */
export interface Round {
  readonly arguments: Readonly<Record<string, unknown>>;
  /** What the client can do; only a target with `interactive` is told. */
  readonly clientCapabilities: Readonly<Record<string, unknown>>;
  readonly inputResponses?: Readonly<Record<string, unknown>>;
  readonly requestState?: string;
}

export interface Progress {
  readonly progress: number;
  readonly total: number;
}

/** Says how far a fixture has come. */
export type Report = (progress: Progress) => Promise<void>;

/** Answers a round; an error that is thrown is an error of the tool. */
export type Fixture = (round: Round, report: Report) => object | Promise<object>;

export type Fixtures = Readonly<Record<string, Fixture>>;

export const text = (said: string) => ({ type: 'text', text: said });

/** The result of a tool that says one thing. */
export const say = (said: string) => ({ content: [text(said)] });

/** The person's answer to a form, when it was given and accepted. */
export function accepted({ inputResponses }: Round, key: string): object | undefined {
  const { action, content } = Object(inputResponses?.[key]) as Record<string, unknown>;
  return action === 'accept' ? (Object(content) as object) : undefined;
}

/** Something to ask the client for before there is a result (MCP 2026-07-28, MRTR). */
export const askFor = (inputRequests: Readonly<Record<string, object>>, requestState?: string) => ({
  resultType: 'input_required',
  inputRequests,
  ...(requestState === undefined ? {} : { requestState }),
});

/** A form for the person. */
export const form = (
  message: string,
  properties: Readonly<Record<string, object>>,
  required = Object.keys(properties),
) => ({
  method: 'elicitation/create',
  params: { mode: 'form', message, requestedSchema: { type: 'object', properties, required } },
});

/** A question to the client's model. */
export const sample = (prompt: string, maxTokens = 100) => ({
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: text(prompt) }], maxTokens },
});

export const listRoots = { method: 'roots/list', params: {} };
