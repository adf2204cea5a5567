import { z } from 'zod';

const metadataLimit = 255;
const uris = z.array(z.string());
const lifetime = z.number().int().min(1);

/** What every kind of client lets an administrator set. */
const shared = {
  name: z.string().min(1).exactOptional(),
  description: z.string().max(140).exactOptional(),
  logo_uri: z.string().exactOptional(),
  callbacks: uris.exactOptional(),
  allowed_origins: uris.exactOptional(),
  web_origins: uris.exactOptional(),
  token_endpoint_auth_method: z
    .enum(['none', 'client_secret_post', 'client_secret_basic'])
    .exactOptional(),
  app_type: z.enum(['native', 'spa', 'regular_web', 'non_interactive']).exactOptional(),
  client_metadata: z
    .record(z.string().max(metadataLimit), z.string().max(metadataLimit).nullable())
    .exactOptional(),
  refresh_token: z.record(z.string(), z.unknown()).exactOptional(),
  redirection_policy: z.enum(['allow_always', 'open_redirect_protection']).exactOptional(),
  require_proof_of_possession: z.boolean().exactOptional(),
};

/**
 * PATCH of a strict third-party client: the fields Auth0 lists for one and nothing else
 * (Auth0 docs, "Third-party applications"); ownership and mode are fixed at creation.
 */
export const strictPatch = z.strictObject({
  ...shared,
  grant_types: z.array(z.enum(['authorization_code', 'refresh_token'])).exactOptional(),
  jwt_configuration: z
    .strictObject({
      lifetime_in_seconds: lifetime.exactOptional(),
      alg: z.literal('RS256').exactOptional(),
    })
    .exactOptional(),
});

/** PATCH of a first-party or permissive client (the part of Auth0's schema this tenant knows). */
export const openPatch = z.strictObject({
  ...shared,
  is_first_party: z.boolean().exactOptional(),
  allowed_logout_urls: uris.exactOptional(),
  initiate_login_uri: z.string().exactOptional(),
  grant_types: z.array(z.string()).exactOptional(),
  oidc_conformant: z.boolean().exactOptional(),
  jwt_configuration: z
    .strictObject({
      lifetime_in_seconds: lifetime.exactOptional(),
      alg: z.enum(['RS256', 'HS256']).exactOptional(),
    })
    .exactOptional(),
});

export type ClientPatch = z.infer<typeof openPatch>;

/** POST: the same fields, a name, and the mode a third-party client is born with. */
export const creation = openPatch.extend({
  name: z.string().min(1),
  third_party_security_mode: z.enum(['strict', 'permissive']).exactOptional(),
});
