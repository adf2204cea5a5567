import type { IncomingMessage } from 'node:http';
import type { errors, KoaContextWithOIDC } from 'oidc-provider';
import { writeLog } from '../logs.ts';
import type { State } from '../state.ts';
import { findClient } from './access.ts';

/** Address and user agent of a request, for the log. */
export const origin = (req: IncomingMessage): { ip: string; user_agent: string } => ({
  ip: String(req.socket.remoteAddress),
  user_agent: req.headers['user-agent'] ?? '',
});

/** The client a record is about: its id, and its name where it is known. */
export const about = (state: State, clientId: string) => ({
  client_id: clientId,
  client_name: findClient(state, clientId)?.name ?? '',
});

/** Event codes of Auth0's log for a code and a refresh token exchanged, and for the failures. */
const codes: Record<string, { success: string; failure: string; description: string }> = {
  authorization_code: {
    success: 'seacft',
    failure: 'feacft',
    description: 'Authorization Code for Access Token',
  },
  refresh_token: {
    success: 'sertft',
    failure: 'fertft',
    description: 'Refresh Token for Access Token',
  },
};

/** Records a token request that was answered, or refused with `error`. */
export function logExchange(
  state: State,
  { oidc, req }: KoaContextWithOIDC,
  error?: errors.OIDCProviderError,
): void {
  const exchange = codes[String(oidc.params?.['grant_type'])];
  if (exchange === undefined) return;
  writeLog(state, {
    type: error === undefined ? exchange.success : exchange.failure,
    description: error?.error_description ?? exchange.description,
    ...about(state, oidc.client?.clientId ?? String(oidc.params?.['client_id'])),
    ...origin(req),
  });
}
