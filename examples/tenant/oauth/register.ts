import type { IncomingMessage } from 'node:http';
import { writeLog } from '../logs.ts';
import type { Client, State } from '../state.ts';
import { origin } from './log.ts';
import { readText } from './message.ts';
import { makeClient } from './registration.ts';

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/**
 * Dynamic Client Registration (RFC 7591, no token needed): keeps the client and answers 201, or refuses.
 * Whatever comes of it is written to the log, as Auth0's log streams show it (the record's shape is synthetic).
 */
export async function register(state: State, req: IncomingMessage): Promise<Answer> {
  const asked = parse(await readText(req));
  const answer = decide(state, asked);
  const { client_secret: _, ...shown } = answer.body;
  writeLog(state, {
    type: 'sapi',
    description: 'Dynamic client registration',
    // The caller of the API, and a registration has none.
    client_id: '',
    client_name: '',
    ...origin(req),
    details: {
      request: { method: 'post', path: '/oidc/register', body: asked },
      response: { statusCode: answer.status, body: shown },
    },
  });
  return answer;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decide(state: State, asked: unknown): Answer {
  const { flags, dynamic_client_registration_security_mode: mode } = state.settings;
  if (!flags.enable_dynamic_client_registration) {
    // That it fails is Auth0's, how is synthetic.
    const error_description = 'Dynamic client registration is not enabled';
    return { status: 404, body: { error: 'not_found', error_description } };
  }
  const made = makeClient(mode, asked);
  if ('error' in made) return { status: 400, body: { ...made } };
  state.clients.set(made.client_id, made);
  return { status: 201, body: registered(made) };
}

const registered = (client: Client): Record<string, unknown> => ({
  client_name: client.name,
  client_id: client.client_id,
  ...(client.client_secret === undefined ? {} : { client_secret: client.client_secret }),
  redirect_uris: client.callbacks,
  client_secret_expires_at: 0,
  grant_types: client.grant_types,
  token_endpoint_auth_method: client.token_endpoint_auth_method,
});
