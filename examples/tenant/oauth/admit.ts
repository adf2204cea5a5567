import type { Api, Client, State } from '../state.ts';
import {
  audienceOf,
  isStrict,
  oidcScopes,
  permittedScopes,
  ungranted,
  usableConnections,
} from './access.ts';
import { resourceOf } from './resource.ts';

/** Why /authorize refuses: an error code of RFC 6749 §4.1.2.1 and Auth0's words where they are known. */
export interface Refused {
  error: string;
  description: string;
}

/** Present in every request, so that one whose scopes were all dropped can still be granted. Never in a token. */
export const noScope = '_';

const refusedForStrict = ['id_token_hint', 'claims', 'request', 'request_uri', 'screen_hint'];

/** Parameters that oidc-provider allows with `openid` only and Auth0 ignores without it. */
const openidOnly = ['nonce', 'max_age', 'acr_values', 'claims', 'claims_locales', 'id_token_hint'];

/**
 * Decides on an authorization request of a known client: what is wrong with it besides what oidc-provider checks,
 * or the same request in oidc-provider's terms.
 */
export function admit(
  state: State,
  client: Client,
  params: URLSearchParams,
): { refused: Refused } | { admitted: URLSearchParams } {
  const refuse = (error: string, description: string) => ({ refused: { error, description } });
  const forbidden = refusedForStrict.find((name) => params.has(name));
  if (isStrict(client) && forbidden !== undefined) {
    const description = `Parameter "${forbidden}" is not allowed for third-party clients`;
    return refuse('invalid_request', description);
  }
  const type = params.get('response_type') ?? 'code';
  if (type !== 'code') {
    return refuse('unsupported_response_type', `Unsupported response type: ${type}`);
  }
  const audience = audienceOf(state, params);
  const api = state.apis.get(audience);
  if (audience !== '' && api === undefined) {
    return refuse('access_denied', `Service not found: ${audience}`);
  }
  const permitted = permittedScopes(state, client, api);
  if (permitted === undefined) return refuse('unauthorized_client', ungranted(client, audience));
  if (usableConnections(state, client).length === 0) {
    return refuse('invalid_request', 'no connections enabled for the client');
  }
  return { admitted: translate(params, api, permitted) };
}

/**
 * `resource` for the API, only scopes that can be granted, and nothing that oidc-provider would refuse where
 * Auth0 does not. Without `scope`, all permitted scopes of the API are asked for.
 */
function translate(
  params: URLSearchParams,
  api: Api | undefined,
  permitted: string[],
): URLSearchParams {
  const all = permitted.filter(
    (scope) => scope !== 'offline_access' && !oidcScopes.includes(scope),
  );
  const asked = params.get('scope')?.split(' ') ?? all;
  const scopes = asked.filter((scope) => permitted.includes(scope));

  const translated = new URLSearchParams(params);
  translated.delete('audience');
  translated.set('resource', resourceOf(api?.identifier));
  translated.set('scope', [...scopes, noScope].join(' '));
  if (!scopes.includes('openid')) for (const name of openidOnly) translated.delete(name);

  // oidc-provider drops offline_access unless consent is prompted for; who must consent is for prompts.ts to say.
  const prompts = String(params.get('prompt')).split(' ');
  const login = prompts.includes('login') ? 'login consent' : 'consent';
  if (!prompts.includes('none')) translated.set('prompt', login);
  return translated;
}
