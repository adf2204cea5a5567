import type { Client, State } from '../state.ts';
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

/** What is wrong with an authorization request of a known client, besides what oidc-provider checks. */
export function refuse(state: State, client: Client, params: URLSearchParams): Refused | undefined {
  const forbidden = refusedForStrict.find((name) => params.has(name));
  if (isStrict(client) && forbidden !== undefined) {
    const description = `Parameter "${forbidden}" is not allowed for third-party clients`;
    return { error: 'invalid_request', description };
  }
  if (usableConnections(state, client).length === 0) {
    return { error: 'invalid_request', description: 'no connections enabled for the client' };
  }
  const audience = audienceOf(state, params);
  const api = state.apis.get(audience);
  if (audience !== '' && api === undefined) {
    return { error: 'access_denied', description: `Service not found: ${audience}` };
  }
  if (permittedScopes(state, client, api) === undefined) {
    return { error: 'unauthorized_client', description: ungranted(client, audience) };
  }
  return undefined;
}

/**
 * The same request in oidc-provider's terms: `resource` for the API, only scopes that can be granted, and
 * nothing else that it would refuse where Auth0 does not. Without `scope`, all scopes of the API are asked for.
 */
export function translate(state: State, client: Client, params: URLSearchParams): URLSearchParams {
  const api = state.apis.get(audienceOf(state, params));
  const permitted = permittedScopes(state, client, api) ?? [];
  const all = permitted.filter(
    (scope) => scope !== 'offline_access' && !oidcScopes.includes(scope),
  );
  const asked = params.get('scope')?.split(' ').filter(Boolean) ?? all;
  const scopes = asked.filter((scope) => permitted.includes(scope));

  const translated = new URLSearchParams(params);
  translated.delete('audience');
  translated.set('resource', resourceOf(api?.identifier));
  translated.set('scope', [...scopes, noScope].join(' '));
  if (!scopes.includes('openid')) for (const name of openidOnly) translated.delete(name);

  // oidc-provider drops offline_access unless consent is prompted for; who must consent is prompts.ts's to say.
  const prompt = params.get('prompt');
  if (prompt !== 'none') translated.set('prompt', prompt === 'login' ? 'login consent' : 'consent');
  return translated;
}
