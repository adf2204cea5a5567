import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { whole } from '../calls/answer.ts';
import { contextOf } from '../calls/context.ts';
import type { Run } from '../calls/run.ts';
import type { Config } from '../config.ts';
import {
  type Code,
  challenge,
  Refusal,
  refusalBody,
  refusalHeaders,
  toRefusal,
} from '../errors.ts';
import type { Catalog } from '../tools/catalog.ts';
import { codes, failure, idOf, ProtocolError, readMessage, success } from './message.ts';
import { createMethods } from './methods.ts';
import { type ToolResult, toChallengeResult, toErrorResult, toToolResult } from './tool-result.ts';
import { checkVersion } from './versions.ts';

export interface McpParts {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly run: Run;
  readonly onRefused: (request: FastifyRequest, refusal: Refusal) => void;
}

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

/** For the log: no message of JSON-RPC, or of a version that is not spoken here. */
const notSpoken = { reason: 'protocol' };

/** ChatGPT starts its login from a result, every other client from HTTP 403. */
function asResult(mode: Config['SCOPE_CHALLENGE'], request: FastifyRequest): boolean {
  if (mode !== 'auto') return mode === 'result';
  return chatgpt.test(request.headers['user-agent'] ?? '');
}

/** The MCP door: `POST /mcp`, stateless, JSON answers (Streamable HTTP, protocol 2025-11-25). */
export function mcpDoor({ config, catalog, run, onRefused }: McpParts): FastifyPluginAsync {
  const methods = createMethods(config, catalog);

  /** What a refused call answers inside the protocol; undefined = HTTP has to say it. */
  const answerFor = (
    request: FastifyRequest,
    refusal: Refusal,
  ): ToolResult | ProtocolError | undefined => {
    if (refusal.code === 'unknown_tool') {
      const data = refusalBody(refusal, request.id);
      return new ProtocolError(codes.invalidParams, refusal.message, { data });
    }
    if (forTheModel.has(refusal.code)) return toErrorResult(refusal);
    if (refusal.code !== 'insufficient_scope') return undefined;
    if (!asResult(config.SCOPE_CHALLENGE, request)) return undefined;
    return toChallengeResult(refusal, String(challenge(refusal, request.metadataUrl)));
  };

  const callTool = (request: FastifyRequest, reply: FastifyReply) => {
    return async (tool: string, input: unknown): Promise<ToolResult> => {
      request.toolName = tool.slice(0, longestName);
      try {
        const call = { ...contextOf(request, reply), tool, caller: request.caller, input };
        return toToolResult(await whole(await run(call)));
      } catch (error) {
        const refusal = toRefusal(error);
        const answer = answerFor(request, refusal);
        if (!answer) throw refusal;
        onRefused(request, refusal);
        if (answer instanceof ProtocolError) throw answer;
        return answer;
      }
    };
  };

  const onError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const id = idOf(request.body);
    if (error instanceof ProtocolError) {
      if (error.status >= 400) onRefused(request, new Refusal('invalid_request', notSpoken));
      return reply.code(error.status).send(failure(id, error.code, error.message, error.data));
    }
    if (Object(error).code === 'FST_ERR_CTP_INVALID_JSON_BODY') {
      onRefused(request, toRefusal(error));
      return reply.code(400).send(failure(null, codes.parseError, 'The body is not JSON.'));
    }
    const refusal = toRefusal(error);
    onRefused(request, refusal);
    const header = challenge(refusal, request.metadataUrl);
    if (header !== undefined) reply.header('www-authenticate', header);
    const body = refusalBody(refusal, request.id);
    return reply
      .code(refusal.status)
      .headers(refusalHeaders(refusal))
      .send(failure(id, codes.refused, refusal.message, body));
  };

  return async (app) => {
    app.setErrorHandler(onError);
    app.post('/mcp', async (request, reply) => {
      const message = readMessage(request.body);
      if (message.kind === 'invalid') {
        const text = 'Send one JSON-RPC 2.0 message.';
        throw new ProtocolError(codes.invalidRequest, text, { status: 400 });
      }
      if (message.kind !== 'request') return reply.code(202).send();
      const { id, method, params } = message;
      const header = request.headers['mcp-protocol-version'];
      checkVersion(method === 'initialize' ? undefined : header?.toString(), params);
      const serve = methods.get(method);
      if (!serve) throw new ProtocolError(codes.methodNotFound, `Method not found: ${method}`);
      const { caller } = request;
      return success(id, await serve(params, { caller, call: callTool(request, reply) }));
    });
  };
}
