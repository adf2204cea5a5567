import { Refusal } from '../../errors.ts';
import { codes, isObject, type Params, ProtocolError } from '../protocol/message.ts';

/** A backend asks for more before it can answer (MCP 2026-07-28, multi round-trip requests). */
export interface InputRequired {
  readonly inputRequests?: Params;
  readonly requestState?: string;
}

/** What a client brings along when it calls again. */
export interface Round {
  readonly inputResponses?: Params;
  readonly requestState?: string;
}

const invalid = (what: string): ProtocolError => new ProtocolError(codes.invalidParams, what);

/** Reads what a call brings along. @throws {ProtocolError} -32602 when it is malformed. */
export function readRound({ inputResponses, requestState }: Params): Round {
  if (inputResponses !== undefined) {
    if (!isObject(inputResponses) || !Object.values(inputResponses).every(isObject)) {
      throw invalid('inputResponses is no map of responses');
    }
  }
  if (requestState !== undefined && typeof requestState !== 'string') {
    throw invalid('requestState is no string');
  }
  return {
    ...(inputResponses === undefined ? {} : { inputResponses }),
    ...(requestState === undefined ? {} : { requestState }),
  };
}

/** A capability and the part of it that is needed. */
type Need = readonly [capability: string, part?: string];

type NeedsOf = (params: Params) => readonly Need[] | undefined;

/** What each kind of request needs of a client, by its parameters; undefined = no such parameters. */
const kinds: ReadonlyMap<unknown, NeedsOf> = new Map<unknown, NeedsOf>([
  [
    'elicitation/create',
    ({ mode = 'form' }) =>
      mode === 'form' || mode === 'url' ? [['elicitation', mode]] : undefined,
  ],
  [
    'sampling/createMessage',
    ({ tools, toolChoice, includeContext = 'none' }) => [
      ['sampling'],
      ...(tools === undefined && toolChoice === undefined ? [] : [['sampling', 'tools'] as const]),
      ...(includeContext === 'none' ? [] : [['sampling', 'context'] as const]),
    ],
  ],
  ['roots/list', () => [['roots']]],
]);

/** What one request needs; undefined when it is none that a client could know. */
function needsOf(request: unknown): readonly Need[] | undefined {
  if (!isObject(request)) return undefined;
  const { method, params } = request;
  return kinds.get(method)?.(isObject(params) ? params : {});
}

/** A backend that asks for what cannot be asked. */
export const unreadable = (what: string): Refusal =>
  new Refusal('upstream_failed', { reason: 'bad_input_request', description: what });

/**
 * Reads an answer that asks for more.
 * @returns undefined for any other answer.
 * @throws {Refusal} `upstream_failed` (bad_input_request) when it asks for what no client knows.
 */
export function readInputRequired(json: unknown): InputRequired | undefined {
  if (!isObject(json) || json['resultType'] !== 'input_required') return undefined;
  const { inputRequests, requestState } = json;
  if (inputRequests === undefined && requestState === undefined) {
    throw unreadable('The backend asks for input without saying which.');
  }
  if (requestState !== undefined && typeof requestState !== 'string') {
    throw unreadable('The requestState of the backend is no string.');
  }
  if (inputRequests !== undefined) {
    const known = isObject(inputRequests) && Object.values(inputRequests).every(needsOf);
    if (!known) {
      throw unreadable('The backend asks for input of a kind that no client knows.');
    }
  }
  return {
    ...(inputRequests === undefined ? {} : { inputRequests }),
    ...(requestState === undefined ? {} : { requestState }),
  };
}

function declared(capabilities: Params, [name, part]: Need): boolean {
  const capability = capabilities[name];
  if (!isObject(capability)) return false;
  // `elicitation: {}` is what there was before there were two modes: forms.
  if (part === 'form' && Object.keys(capability).length === 0) return true;
  return part === undefined || isObject(capability[part]);
}

/**
 * A client may be asked only for what it declared.
 * @throws {ProtocolError} -32021 with HTTP 400, naming what is missing.
 */
export function checkCapabilities(asked: InputRequired, capabilities: Params): void {
  const wanted = Object.values(asked.inputRequests ?? {}).flatMap((one) => needsOf(one) ?? []);
  const missing = wanted.filter((need) => !declared(capabilities, need));
  if (missing.length === 0) return;
  const requiredCapabilities: Record<string, object> = {};
  for (const [name, part] of missing) {
    requiredCapabilities[name] = { ...requiredCapabilities[name], ...(part && { [part]: {} }) };
  }
  const names = Object.keys(requiredCapabilities).join(', ');
  throw new ProtocolError(codes.missingCapability, `The client must support ${names}.`, {
    status: 400,
    data: { requiredCapabilities },
  });
}
