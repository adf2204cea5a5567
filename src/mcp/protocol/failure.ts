import type { FastifyReply, FastifyRequest } from 'fastify';
import { challenge, Refusal, refusalBody, refusalHeaders, toRefusal } from '../../errors.ts';
import { codes, failure, idOf, ProtocolError } from './message.ts';
import { type Era, isModern } from './versions.ts';

/** One answer of the door, however it is sent. */
export interface Outcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

export type OnRefused = (request: FastifyRequest, refusal: Refusal) => void;

/** For the log: no message of JSON-RPC, or of a version that is not spoken here. */
const notSpoken = { reason: 'protocol' };

/**
 * Anything thrown as an answer: a protocol error as it is, a refusal as error -32001, or its HTTP
 * status as code in the modern era (-32000 to -32019 are closed to new uses there), with the body
 * of the refusal as data and its status and headers. Tells `onRefused` what was no use to anybody.
 */
export function toFailure(
  error: unknown,
  request: FastifyRequest,
  era: Era,
  onRefused: OnRefused,
): Outcome {
  const unknown = era === 'modern' ? undefined : null;
  const id = idOf(request.body) ?? unknown;
  if (error instanceof ProtocolError) {
    const { status } = error;
    if (status >= 400) onRefused(request, new Refusal('invalid_request', { ...notSpoken, status }));
    const body = failure(id, error.code, error.message, error.data);
    return { status, headers: {}, body };
  }
  const refusal = toRefusal(error);
  onRefused(request, refusal);
  if (Object(error).code === 'FST_ERR_CTP_INVALID_JSON_BODY') {
    const body = failure(unknown, codes.parseError, 'The body is not JSON.');
    return { status: 400, headers: {}, body };
  }
  const header = challenge(refusal, request.metadataUrl);
  const code = era === 'modern' ? refusal.status : codes.refused;
  return {
    status: refusal.status,
    headers: {
      ...refusalHeaders(refusal),
      ...(header === undefined ? {} : { 'www-authenticate': header }),
    },
    body: failure(id, code, refusal.message, refusalBody(refusal, request.id)),
  };
}

/** The error handler of the door: for what fails before a request is read as a message. */
export const answerFailure =
  (onRefused: OnRefused) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const era = isModern(request.headers['mcp-protocol-version']) ? 'modern' : 'legacy';
    const { status, headers, body } = toFailure(error, request, era, onRefused);
    return reply.code(status).headers(headers).send(body);
  };
