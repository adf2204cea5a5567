import type { State } from '../state.ts';
import { oidcScopes } from './access.ts';

/** The metadata of the tenant (RFC 8414, OpenID Connect Discovery): both well-known paths serve it. */
export function discovery(state: State, issuer: string): Record<string, unknown> {
  const { settings } = state;
  return {
    issuer,
    authorization_endpoint: `${issuer}authorize`,
    token_endpoint: `${issuer}oauth/token`,
    userinfo_endpoint: `${issuer}userinfo`,
    jwks_uri: `${issuer}.well-known/jwks.json`,
    revocation_endpoint: `${issuer}oauth/revoke`,
    // Only while anybody may register: that is how a client knows.
    ...(settings.flags.enable_dynamic_client_registration
      ? { registration_endpoint: `${issuer}oidc/register` }
      : {}),
    scopes_supported: [...oidcScopes, 'offline_access'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'name', 'nickname', 'email'],
    ...(settings.authorization_response_iss_parameter_supported
      ? { authorization_response_iss_parameter_supported: true }
      : {}),
    ...(settings.client_id_metadata_document_supported
      ? { client_id_metadata_document_supported: true }
      : {}),
  };
}
