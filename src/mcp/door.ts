import type { FastifyPluginAsync } from 'fastify';
import type { OnAnswered } from '../calls/run.ts';
import type { Config } from '../config.ts';
import { createAsk } from './ask/ask.ts';
import { createRequestState } from './ask/request-state.ts';
import type { Answered } from './asked.ts';
import { serverInfo } from './methods/server-info.ts';
import type { ToolParts } from './methods/tools.ts';
import { createMethods } from './methods.ts';
import { readSpeaker } from './protocol/era.ts';
import { answerFailure, type OnRefused, toFailure } from './protocol/failure.ts';
import { openLine } from './protocol/line.ts';
import {
  codes,
  isObject,
  type Params,
  ProtocolError,
  readMessage,
  success,
} from './protocol/message.ts';
import type { Era } from './protocol/versions.ts';

export interface McpParts extends Omit<ToolParts, 'ask' | 'config'> {
  readonly config: ToolParts['config'] & Pick<Config, 'GATEWAY_HMAC_SECRET' | 'BODY_LIMIT'>;
  /** Calls what resources and prompts come from. */
  readonly runSource: ToolParts['run'];
  readonly onAnswered: OnAnswered;
  readonly onRefused: OnRefused;
  /** Milliseconds of silence after which a client gets a sign of life; 15,000 when unset. */
  readonly heartbeatMs?: number;
}

/** Well under the minute after which most proxies cut a silent line. */
const usualHeartbeatMs = 15_000;

const serverInfoKey = 'io.modelcontextprotocol/serverInfo';

/**
 * A result as its era wants it; the modern one says what it is, who answers, how long it keeps. For
 * how long is never for a backend to say in a result of its own: others would keep it.
 */
function dress(era: Era, { result, cache }: Answered): object {
  if (era === 'legacy') return result;
  const { _meta } = result as Params;
  const dressed: Record<string, unknown> = { resultType: 'complete', ...result, ...cache };
  dressed['_meta'] = { ...(isObject(_meta) ? _meta : {}), [serverInfoKey]: serverInfo };
  if (cache === undefined && ('ttlMs' in result || 'cacheScope' in result)) {
    delete dressed['ttlMs'];
    delete dressed['cacheScope'];
  }
  return dressed;
}

/** 404 tells a modern client from a path that is not there; legacy clients read it as lost session. */
const methodNotFound = (method: string, era: Era): ProtocolError =>
  new ProtocolError(codes.methodNotFound, `Method not found: ${method}`, {
    status: era === 'modern' ? 404 : 200,
  });

/** The MCP door: `POST /mcp`, stateless, both eras by request (Streamable HTTP). */
export function mcpDoor(parts: McpParts): FastifyPluginAsync {
  const { config, catalog, runSource, onAnswered, onRefused } = parts;
  const { heartbeatMs = usualHeartbeatMs } = parts;
  // Half of a body is left for the answers of the person.
  const state = createRequestState(config.GATEWAY_HMAC_SECRET);
  const ask = createAsk(state, config.BODY_LIMIT / 2, onAnswered);
  const sources = { config, catalog, run: runSource, ask, onAnswered, onRefused };
  const methods = createMethods({ ...parts, ask }, sources);

  return async (app) => {
    app.setErrorHandler(answerFailure(onRefused));
    app.post('/mcp', async (request, reply) => {
      const message = readMessage(request.body);
      if (message.kind === 'invalid') {
        const text = 'Send one JSON-RPC 2.0 message.';
        throw new ProtocolError(codes.invalidRequest, text, { status: 400 });
      }
      if (message.kind !== 'request') return reply.code(202).send();
      const { id, method, params } = message;
      const line = openLine(request, reply, heartbeatMs);
      let era: Era = 'legacy';
      try {
        const speaker = readSpeaker(request.headers, message);
        era = speaker.era;
        const serve = methods[era].get(method);
        if (!serve) throw methodNotFound(method, era);
        const answered = await serve({ ...speaker, params, request, reply, line });
        return line.answer({ status: 200, headers: {}, body: success(id, dress(era, answered)) });
      } catch (error) {
        return line.answer(toFailure(error, request, era, onRefused));
      }
    });
  };
}
