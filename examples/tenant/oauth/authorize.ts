import type { IncomingMessage, ServerResponse } from 'node:http';
import type { State } from '../state.ts';
import { findClient, isStrict } from './access.ts';
import { admit, type Refused } from './admit.ts';
import { sendPage } from './message.ts';
import { errorPage } from './pages.ts';

type Serve = (req: IncomingMessage, res: ServerResponse) => unknown;

/** Answers GET /authorize: refuses what Auth0 refuses and leaves the rest to oidc-provider, in its terms. */
export function authorize(
  state: State,
  issuer: string,
  serve: Serve,
  req: IncomingMessage,
  res: ServerResponse,
): void {
  const { searchParams: params } = new URL(String(req.url), issuer);
  const client = findClient(state, String(params.get('client_id')));
  const target = String(params.get('redirect_uri'));
  if (!client?.callbacks.includes(target)) {
    // An unknown client or redirect URI is oidc-provider's to refuse, on a page.
    serve(req, res);
    return;
  }
  const decision = admit(state, client, params);
  if ('admitted' in decision) {
    req.url = `/authorize?${decision.admitted}`;
    serve(req, res);
  } else if (isStrict(client)) {
    const { error, description } = decision.refused;
    const forbidden = error === 'access_denied' || error === 'unauthorized_client';
    sendPage(res, forbidden ? 403 : 400, errorPage(error, description));
  } else {
    const { authorization_response_iss_parameter_supported: told } = state.settings;
    const location = back(target, decision.refused, params.get('state'), told ? issuer : null);
    res.writeHead(302, { location }).end();
  }
}

/** Where a refused browser is sent (RFC 6749 §4.1.2.1, RFC 9207). */
function back(target: string, refused: Refused, state: string | null, iss: string | null): string {
  const url = new URL(target);
  url.searchParams.set('error', refused.error);
  url.searchParams.set('error_description', refused.description);
  if (state !== null) url.searchParams.set('state', state);
  if (iss !== null) url.searchParams.set('iss', iss);
  return url.href;
}
