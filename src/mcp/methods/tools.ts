import type { FastifyRequest } from 'fastify';
import { admit, find } from '../../calls/authorize.ts';
import type { Run } from '../../calls/run.ts';
import type { Config } from '../../config.ts';
import { type Code, challenge, type Refusal, toRefusal } from '../../errors.ts';
import type { Catalog } from '../../tools/catalog.ts';
import type { Tool } from '../../tools/tool.ts';
import type { Ask } from '../ask/ask.ts';
import type { Asked, Method } from '../asked.ts';
import type { OnRefused } from '../protocol/failure.ts';
import { codes, ProtocolError } from '../protocol/message.ts';
import { checkMirrored } from '../protocol/mirrored.ts';
import {
  type ToolResult,
  toChallengeResult,
  toErrorResult,
  toToolResult,
} from '../results/tool-result.ts';
import { listOf } from './list.ts';
import { createOutputCheck } from './output-check.ts';
import { asProtocolError, isStale } from './source.ts';
import { describeTool } from './tool-list.ts';

/** Errors of the call itself: the specification wants them as results, so the model can react. */
const forTheModel: ReadonlySet<Code> = new Set([
  'invalid_input',
  'upstream_failed',
  'upstream_timeout',
  'upstream_unavailable',
]);

const chatgpt = /^openai-mcp/;

/** No tool has a longer name; what a client calls one is logged and must not fill the log. */
const longestName = 64;

export interface ToolParts {
  readonly config: Pick<
    Config,
    'TOOLS_LIST' | 'SCOPE_CHALLENGE' | 'OUTPUT_SCHEMA' | 'FUNCTIONS_BASE'
  >;
  readonly catalog: Catalog;
  readonly run: Run;
  readonly ask: Ask;
  readonly onRefused: OnRefused;
  readonly onViolation: (request: FastifyRequest, tool: Tool, problem: string) => void;
}

/** ChatGPT starts its login from a result, every other client from HTTP 403. */
function asResult(mode: Config['SCOPE_CHALLENGE'], request: FastifyRequest): boolean {
  if (mode !== 'auto') return mode === 'result';
  return chatgpt.test(request.headers['user-agent'] ?? '');
}

/** What a refused call answers inside the protocol; undefined = HTTP has to say it. */
function answerFor(
  refusal: Refusal,
  asked: Asked,
  mode: Config['SCOPE_CHALLENGE'],
): ToolResult | ProtocolError | undefined {
  const { request } = asked;
  if (refusal.code === 'unknown_tool' || isStale(refusal)) {
    return asProtocolError(codes.invalidParams, refusal, asked);
  }
  if (forTheModel.has(refusal.code)) return toErrorResult(refusal);
  if (refusal.code !== 'insufficient_scope' || !asResult(mode, request)) return undefined;
  return toChallengeResult(refusal, String(challenge(refusal, request.metadataUrl)));
}

/** `tools/list`. */
const listTools = ({ config, catalog }: ToolParts): Method =>
  listOf(config, catalog, {
    member: 'tools',
    entries: [...catalog.tools.values()],
    keyOf: ({ name }) => name,
    describe: describeTool,
  });

/** `tools/call`. */
function callTool({ config, catalog, run, ask, onRefused, onViolation }: ToolParts): Method {
  const { hostname: backend } = new URL(config.FUNCTIONS_BASE);
  const check = createOutputCheck(config.OUTPUT_SCHEMA === 'strict');

  const call = async (asked: Asked, name: string, input: unknown): Promise<object> => {
    const { era, request } = asked;
    const tool = find(catalog, name, request.caller);
    // Whoever may not call it learns that first, and a client without a token that it needs one.
    admit(tool, request.caller, catalog.scopes);
    if (tool.mirrored.length > 0) {
      checkMirrored(request.raw.headersDistinct, tool.mirrored, input, era === 'modern');
    }
    const heard = await ask(asked, { run, target: tool, input });
    if ('wanted' in heard) return heard.wanted;
    const result = toToolResult(heard.answer, era, backend);
    return check(tool, result, era, (problem) => onViolation(request, tool, problem));
  };

  return async (asked) => {
    const { params, request } = asked;
    const { name, arguments: input = {} } = params;
    if (typeof name !== 'string') {
      throw new ProtocolError(codes.invalidParams, 'tools/call needs the name of a tool');
    }
    request.toolName = name.slice(0, longestName);
    try {
      return { result: await call(asked, name, input) };
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      const refusal = toRefusal(error);
      const answer = answerFor(refusal, asked, config.SCOPE_CHALLENGE);
      if (!answer) throw refusal;
      onRefused(request, refusal);
      if (answer instanceof ProtocolError) throw answer;
      return { result: answer };
    }
  };
}

/** The methods of tools. */
export const toolMethods = (parts: ToolParts): [string, Method][] => [
  ['tools/list', listTools(parts)],
  ['tools/call', callTool(parts)],
];
