import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import { answerClientError } from './client-error.ts';
import type { Config } from './config.ts';
import { challenge, Refusal, refusalBody, refusalHeaders, toRefusal } from './errors.ts';
import { checkFraming } from './framing.ts';
import { deepest, nestsDeeper } from './json-depth.ts';
import { overflows } from './json-number.ts';
import { type Patience, usualPatience } from './patience.ts';
import type { Span } from './trace.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** When it came, `performance.now()`; 0 for a URL that never reached a hook. */
    began: number;
    /** What tracing knows it by; undefined while tracing is off. */
    span: Span | undefined;
  }
}

/** Lets a caller bring the HTTP server, for instance one whose port is bound already. */
export type ServerFactory = NonNullable<FastifyServerOptions['serverFactory']>;

/** What a caller of {@link createServer} may bring along. */
export interface Surroundings {
  readonly serverFactory?: ServerFactory;
  /** Heeded by a server of its own making only. */
  readonly patience?: Patience;
}

/** What is known of a request that was refused. */
export type RefusedRequest = Pick<FastifyRequest, 'id' | 'toolName' | 'caller' | 'began' | 'span'>;

export type OnRefused = (request: RefusedRequest, refusal: Refusal) => void;

/** Bytes of all headers together: twice the longest token. */
export const maxHeaderSize = 32_768;

/** How often connections that fell idle are closed while the server drains, milliseconds. */
const drainMs = 50;

/** How long a draining server waits for a request on a connection that is open, milliseconds. */
const silentMs = 500;

/**
 * An empty body is `{}`; `__proto__` and `constructor.prototype` in a body are refused, and so is
 * what nests deeper than a walk through it may go, or holds a number that is none any more.
 */
function parseJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body);
    if (text === '') done(null, {});
    else if (nestsDeeper(text)) done(new Refusal('invalid_request', tooDeep));
    else {
      parse(request, text, (error, value) => {
        if (error === null && overflows(text, value))
          done(new Refusal('invalid_request', tooGreat));
        else done(error, value);
      });
    }
  });
}

const tooDeep = { description: `The body nests deeper than ${deepest} levels.` };
const tooGreat = { description: 'A number of the body is too great.' };

type OnError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** Answers whatever was thrown as a refusal. */
const answerWith =
  (onRefused: OnRefused): OnError =>
  (error, request, reply) => {
    const refusal = toRefusal(error);
    onRefused(request, refusal);
    const header = challenge(refusal, request.metadataUrl);
    if (header !== undefined) reply.header('www-authenticate', header);
    return reply
      .code(refusal.status)
      .headers(refusalHeaders(refusal))
      .send(refusalBody(refusal, request.id));
  };

/** A browser may read discovery from anywhere, the rest from APP_ORIGIN. */
async function allowOrigins(app: FastifyInstance, { APP_ORIGIN }: Config): Promise<void> {
  await app.register(cors, {
    delegator: (request, done) => {
      const discovery = request.url?.startsWith('/.well-known/');
      const listed = APP_ORIGIN === '*' ? '*' : [...APP_ORIGIN];
      done(null, {
        origin: discovery ? '*' : listed,
        methods: ['GET', 'POST'],
        exposedHeaders: [
          'www-authenticate',
          'x-request-id',
          'retry-after',
          'ratelimit',
          'ratelimit-policy',
        ],
        maxAge: 600,
      });
    },
  });
}

/**
 * Closing waits for calls in flight; connections are closed as soon as they fall idle. One on
 * which no request ever came is not idle to node:http: it is closed with the last call.
 */
function drain(app: FastifyInstance): void {
  let inFlight = 0;
  let timer: NodeJS.Timeout | undefined;
  app.server.on('request', (_request, response) => {
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
  });
  app.addHook('preClose', async () => {
    const silentUntil = performance.now() + silentMs;
    timer = setInterval(() => {
      if (inFlight === 0 && performance.now() > silentUntil) app.server.closeAllConnections();
      else app.server.closeIdleConnections();
    }, drainMs);
  });
  app.addHook('onClose', async () => clearInterval(timer));
}

/** The HTTP server every route stands on: limits, request id, CORS, refusals, draining. */
export async function createServer(
  config: Config,
  log: FastifyBaseLogger,
  onRefused: OnRefused,
  { serverFactory, patience = usualPatience }: Surroundings = {},
): Promise<FastifyInstance> {
  const answerError = answerWith(onRefused);
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: config.trustProxy === 'off' ? false : (_address, hop) => hop === 0,
    bodyLimit: config.BODY_LIMIT,
    requestTimeout: patience.requestTimeout,
    keepAliveTimeout: patience.keepAliveTimeout,
    connectionTimeout: patience.connectionTimeout,
    maxRequestsPerSocket: patience.maxRequestsPerSocket,
    http: {
      maxHeaderSize,
      headersTimeout: patience.headersTimeout,
      connectionsCheckingInterval: patience.connectionsCheckingInterval,
    },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerClientError(onRefused),
    // URLs that never reach a route, and so neither a hook.
    frameworkErrors: (error, request, reply) =>
      void answerError(error, request, reply.header('x-request-id', request.id)),
    ...(serverFactory ? { serverFactory } : {}),
  });
  app.decorateRequest('caller', undefined);
  app.decorateRequest('toolName', undefined);
  app.decorateRequest('metadataUrl', '');
  app.decorateRequest('began', 0);
  app.decorateRequest('span', undefined);
  app.addHook('onRequest', async (request, reply) => {
    request.began = performance.now();
    reply.header('x-request-id', request.id);
    checkFraming(request.raw);
  });
  parseJson(app);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(() => {
    throw new Refusal('not_found');
  });
  await allowOrigins(app, config);
  drain(app);
  return app;
}

/** Refuses every other method at a path with 405 (RFC 9110 §15.5.6). */
export function onlyPost(app: FastifyInstance, url: string): void {
  const method = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'];
  app.route({
    method,
    url,
    handler: async () => {
      throw new Refusal('method_not_allowed', { headers: { allow: 'POST' } });
    },
  });
}
