import Fastify, { type FastifyRequest } from 'fastify';
import { ZodError, z } from 'zod';
import { createTools, type Tool } from './tools.ts';
import { createVerifier, type Identity } from './verify.ts';

export type BackendOptions = {
  secrets: string[];
  port?: number;
  host?: string;
  basePath?: string;
};
/** `url` is the gateway's FUNCTIONS_BASE; `calls` is what got as far as a tool, in order. */
export type Backend = {
  url: string;
  calls: { tool: string; userId?: string }[];
  close(): Promise<void>;
};

/** The request as it came over the wire, the form verify.ts wants. */
function received(request: FastifyRequest) {
  return {
    method: request.method,
    authority: request.host,
    path: request.url,
    headers: request.raw.rawHeaders,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}

/** What keeps this caller from the tool, in words for the model; undefined when nothing does. */
function obstacle(tool: Tool, { userId, scopes }: Identity): string | undefined {
  const missing = tool.scopes.filter((scope) => !scopes.includes(scope));
  if (!tool.public && !userId) return 'This tool needs a signed-in user.';
  return missing.length > 0 ? `The caller lacks the scope ${missing.join(' ')}.` : undefined;
}

/** The words and status of an error: arguments that do not fit are the model's to correct. */
function explain(error: unknown): { status: number; text: string } {
  if (error instanceof ZodError) return { status: 400, text: z.prettifyError(error) };
  if (error instanceof SyntaxError) return { status: 400, text: 'The body is not JSON.' };
  const { statusCode = 500 } = error as { statusCode?: number };
  return { status: statusCode, text: `The request was refused (${statusCode}).` };
}

/** Starts the sample backend: POST {url}/{tool}, signed by the gateway, JSON object in and out.
 * 401 {error: 'unsigned_request', reason} for what the gateway did not send; else 4xx {error: text}. */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { secrets, port = 0, host = '127.0.0.1', basePath = '/functions' } = options;
  const verify = createVerifier({ secrets });
  const tools = createTools();
  const calls: Backend['calls'] = [];
  const app = Fastify();
  app.removeAllContentTypeParsers(); // the digest is over the bytes: nobody parses before verify
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  app.setErrorHandler((error, _, reply) => {
    const { status, text } = explain(error);
    return reply.code(status).send({ error: text });
  });

  app.post<{ Params: { tool: string } }>(`${basePath}/:tool`, async (request, reply) => {
    const call = received(request);
    const verdict = verify(call);
    if (!verdict.ok)
      return reply.code(401).send({ error: 'unsigned_request', reason: verdict.reason });
    const name = request.params.tool;
    const tool = tools.get(name);
    if (!tool) return reply.code(404).send({ error: `There is no tool ${name}.` });
    const refusal = obstacle(tool, verdict.identity);
    if (refusal) return reply.code(403).send({ error: refusal });
    const { userId } = verdict.identity;
    calls.push({ tool: name, ...(userId && { userId }) });
    return tool.run(JSON.parse(call.body.toString('utf8')), userId ?? '');
  });

  const origin = await app.listen({ port, host });
  return { url: `${origin}${basePath}`, calls, close: () => app.close() };
}
