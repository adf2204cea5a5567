import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { writeLog } from '../logs.ts';
import type { State } from '../state.ts';
import { apiRoutes } from './apis.ts';
import { cimdRoutes } from './cimd.ts';
import { clientConnectionRoutes } from './client-connections.ts';
import { clientGrantRoutes } from './client-grants.ts';
import { clientRoutes } from './clients.ts';
import { connectionRoutes } from './connections.ts';
import { deviceCredentialRoutes } from './device-credentials.ts';
import { enabledClientRoutes } from './enabled-clients.ts';
import { createLimit } from './limit.ts';
import { logRoutes } from './log-records.ts';
import { logStreamRoutes } from './log-streams.ts';
import { invalidBody, Refusal } from './refusal.ts';
import { type Answer, type Call, findRoute, type Route } from './route.ts';
import { settingsRoutes } from './settings.ts';
import { authenticate } from './tokens.ts';
import { userGrantRoutes } from './user-grants.ts';

const routes: readonly Route[] = [
  ...clientRoutes,
  ...cimdRoutes,
  ...userGrantRoutes,
  ...deviceCredentialRoutes,
  ...connectionRoutes,
  ...enabledClientRoutes,
  ...clientConnectionRoutes,
  ...clientGrantRoutes,
  ...apiRoutes,
  ...settingsRoutes,
  ...logStreamRoutes,
  ...logRoutes,
];

/** Every scope an endpoint of this API asks for. */
export const managementScopes: readonly string[] = [...new Set(routes.map(({ scope }) => scope))];

/**
 * The Management API v2 of the tenant at `origin`, for every request below `/api/v2/`.
 * Order of the checks: limit, endpoint, token, scope, payload.
 */
export function createManagement(
  state: State,
  origin: string,
): (req: IncomingMessage, res: ServerResponse) => void {
  const take = createLimit(state.faults);

  async function answer(req: IncomingMessage): Promise<Answer> {
    const url = new URL(String(req.url), origin);
    const found = findRoute(routes, String(req.method), url.pathname.replace('/api/v2', ''));
    if (found === undefined) throw new Refusal(404, 'not_found', 'Not Found');
    const { route, id } = found;
    const token = authenticate(state, req.headers.authorization, route.scope, Date.now());
    const call: Call = {
      state,
      id,
      query: url.searchParams,
      body: undefined,
      caller: token.clientId,
    };
    if (route.method === 'POST' || route.method === 'PATCH') call.body = await readJson(req);
    const result = await route.run(call);
    if (route.log !== undefined) logCall(route.log, req, url.pathname, call, result);
    return result;
  }

  return (req, res) => {
    const { granted, headers } = take(Date.now());
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    const answered = granted ? answer(req) : Promise.reject(tooManyRequests());
    answered.then(
      ({ status, body }) => send(res, status, body),
      // Anything that is not a refusal is a client that went away in the middle of its request.
      (error) =>
        error instanceof Refusal ? send(res, error.statusCode, error.body) : res.destroy(),
    );
  };
}

const tooManyRequests = (): Refusal =>
  new Refusal(429, 'too_many_requests', 'Global limit has been reached');

async function readJson(req: IncomingMessage): Promise<unknown> {
  try {
    return await json(req);
  } catch (error) {
    throw error instanceof SyntaxError ? invalidBody('Not valid JSON') : error;
  }
}

function send(res: ServerResponse, status: number, body: unknown): void {
  res.statusCode = status;
  if (body === undefined) {
    res.end();
    return;
  }
  res.setHeader('content-type', 'application/json; charset=utf-8');
  res.end(JSON.stringify(body));
}

const secrets = new Set(['client_secret', 'httpAuthorization']);
const mask = (key: string, value: unknown): unknown => (secrets.has(key) ? '*****' : value);

/** The record every successful change leaves; its top-level client_id is the caller's. */
function logCall(
  description: string,
  req: IncomingMessage,
  path: string,
  call: Call,
  { status, body }: Answer,
): void {
  const caller = call.state.clients.get(call.caller);
  const details = {
    request: { method: String(req.method).toLowerCase(), path, body: call.body },
    response: { statusCode: status, body },
  };
  writeLog(call.state, {
    type: 'sapi',
    description,
    client_id: call.caller,
    client_name: String(caller?.name),
    ip: String(req.socket.remoteAddress),
    user_agent: String(req.headers['user-agent']),
    details: JSON.parse(JSON.stringify(details, mask)),
  });
}
