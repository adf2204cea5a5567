import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';

/** An answer: 200 and JSON where it does not say otherwise. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string | string[]>;
  /** Text goes out as it is, all else as JSON. */
  readonly body?: unknown;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Handler = (request: Request) => Reply;

/** A server on loopback, gone with the test; gives its origin. */
export async function serve(t: Test, handler: Handler): Promise<string> {
  const server = createServer(async (req, res) => {
    const url = new URL(String(req.url), 'http://server');
    const { method = '', headers: given } = req;
    const request = { method, path: url.pathname, query: url.searchParams, headers: given };
    const { status = 200, headers, body } = handler({ ...request, body: await text(req) });
    const json = typeof body !== 'string';
    res.writeHead(status, { 'content-type': json ? 'application/json' : 'text/html', ...headers });
    res.end(json ? JSON.stringify(body) : body);
  });
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port of localhost nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Answers each path with its own reply, all others with 404. */
export const routes =
  (replies: Readonly<Record<string, Reply>>): Handler =>
  ({ path }) =>
    replies[path] ?? { status: 404, body: {} };

export interface Script {
  readonly tools: readonly unknown[];
  /** The answer to a call: a result, or a whole reply. */
  readonly call?: (name: string, input: unknown, authorization: string | undefined) => Scripted;
  /** The answer to `resources/read`; without it there are no resources. */
  readonly resource?: (uri: string, authorization: string | undefined) => Scripted;
  /** The answer to `server/discover`; without it the method is not known. */
  readonly discover?: (request: Request) => Scripted;
  /** What `initialize` is refused with. */
  readonly refuse?: Reply;
}

export type Scripted = { readonly result: unknown } | { readonly reply: Reply };

/** What every result of 2026-07-28 has; earlier clients do not mind. */
const complete = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
const nothing: Scripted = { result: { ...complete, content: [] } };
const unknownMethod = { code: -32601, message: 'Method not found' };

/** The answer to `server/discover` of one that speaks these versions. */
export const speaking = (...supportedVersions: string[]): Scripted => ({
  result: { ...complete, supportedVersions, capabilities: { tools: {} } },
});

/** As much of an MCP server (2025-11-25, and 2026-07-28 where it is discovered) as the official client needs, saying what the script says. */
export const mcp =
  ({ tools, call, resource, discover, refuse }: Script): Handler =>
  (request) => {
    const { method, headers, body } = request;
    if (method !== 'POST') return { status: 405, body: {} };
    const { id, method: asked, params } = JSON.parse(body);
    const answer = (result: unknown): Reply => ({ body: { jsonrpc: '2.0', id, result } });
    if (asked === 'initialize') {
      const serverInfo = { name: 'scripted', version: '1' };
      const { protocolVersion } = params;
      return refuse ?? answer({ protocolVersion, capabilities: { tools: {} }, serverInfo });
    }
    if (asked === 'tools/list') return answer({ ...complete, tools });
    if (id === undefined) return { status: 202, body: '' };
    const say: Readonly<Record<string, () => Scripted | undefined>> = {
      'tools/call': () => call?.(params.name, params.arguments, headers.authorization) ?? nothing,
      'resources/read': () => resource?.(params.uri, headers.authorization),
      'server/discover': () => discover?.(request),
    };
    const said = say[asked]?.();
    if (said === undefined) return { body: { jsonrpc: '2.0', id, error: unknownMethod } };
    return 'reply' in said ? said.reply : answer(said.result);
  };

const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: false };

/** A tool as tools/list shows it; without scopes it is public. */
export const tool = (name: string, scopes: string[], more: Record<string, unknown> = {}) => ({
  name,
  inputSchema: { type: 'object' },
  annotations,
  securitySchemes: scopes.length > 0 ? [{ type: 'oauth2', scopes }] : [{ type: 'noauth' }],
  ...more,
});
