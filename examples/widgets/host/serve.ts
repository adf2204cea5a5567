import { readFile } from 'node:fs/promises';
import Fastify, { type FastifyRequest } from 'fastify';
import { importMap, moduleFile } from './modules.ts';

export interface HostOptions {
  /** The gateway's MCP endpoint. */
  readonly mcp: string;
  /** The access token the calls carry; undefined = none, which is enough for public tools. */
  readonly token: string | undefined;
  /** On loopback; 0 = any free one. */
  readonly port?: number;
}

export interface Host {
  /** Open it in a browser; page.js says what its query may be. */
  readonly url: string;
  close(): Promise<void>;
}

const here = new URL('./', import.meta.url);
const scripts = new Set(['page.js', 'apps.js', 'older.js', 'frame.js']);

/** What a request of the page tells the gateway; the token never reaches the page. */
function headersFor(request: FastifyRequest, token: string | undefined): Record<string, string> {
  const kept = Object.entries(request.headers).filter(([name]) =>
    /^(accept|content-type|mcp-.+)$/.test(name),
  );
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...bearer };
}

/**
 * Serves a page that plays the host of widgets on loopback. It speaks MCP with the gateway
 * through this server, as a chat service would: its own backend makes the calls, with the token.
 */
export async function startHost({ mcp, token, port = 0 }: HostOptions): Promise<Host> {
  const app = Fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  // It carries a token: neither a page of another origin nor a name that points here may use it.
  app.addHook('onRequest', async ({ headers: { origin }, host, hostname }, reply) => {
    const own = origin === undefined || origin === `http://${host}`;
    return hostname === '127.0.0.1' && own ? undefined : reply.code(403).send();
  });

  app.get('/', async (_, reply) => {
    const page = await readFile(new URL('page.html', here), 'utf8');
    return reply.type('text/html').send(page.replace('{}', JSON.stringify(importMap())));
  });
  app.get<{ Params: { name: string } }>('/:name', async ({ params: { name } }, reply) => {
    if (!scripts.has(name)) return reply.callNotFound();
    return reply.type('text/javascript').send(await readFile(new URL(name, here)));
  });
  app.get('/node_modules/*', async (request, reply) => {
    const file = moduleFile(request.url);
    const text = file && (await readFile(file).catch(() => undefined));
    if (!text) return reply.callNotFound();
    // The packages do not change while a person looks at widgets; a hundred files load faster.
    return reply.type('text/javascript').header('cache-control', 'max-age=3600').send(text);
  });
  app.post('/mcp', async (request, reply) => {
    const answer = await fetch(mcp, {
      method: 'POST',
      headers: headersFor(request, token),
      body: request.body as Buffer,
    });
    const type = answer.headers.get('content-type');
    if (type !== null) reply.type(type);
    return reply.code(answer.status).send(Buffer.from(await answer.arrayBuffer()));
  });

  return { url: await app.listen({ host: '127.0.0.1', port }), close: () => app.close() };
}
