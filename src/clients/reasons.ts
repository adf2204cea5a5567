/** Why a client is left alone or kept out: stable words, and what each means to an operator. */
export const reasons = {
  first_party_already:
    'It is first-party and the gateway did not make it so: an administrator did.',
  not_self_registered: 'An administrator made it; only clients that registered themselves count.',
  unmarked:
    'Nothing says that it registered itself. If you know it did: pin it with allow, or set PROMOTE_UNMARKED=true.',
  pinned_deny: 'An administrator pinned it with deny.',
  unknown_pin: 'Its gateway_pin is none of allow, deny, keep. Pin it again, or take the pin away.',
  no_redirects: 'It has no redirect URI.',
  redirect_not_allowed:
    'One of its redirect URIs belongs to none of PROMOTE_CLIENTS: it may pose as one of them.',
  foreign_origin: 'One of its web origins belongs to none of PROMOTE_CLIENTS.',
  foreign_logout_url: 'One of its logout URLs belongs to none of PROMOTE_CLIENTS.',
  foreign_initiate_login_uri: 'Its login URI belongs to none of PROMOTE_CLIENTS.',
  grant_types: 'It asks for grants beyond the authorization code flow and refresh tokens.',
  auth_method: 'It authenticates in a way that MCP clients do not.',
  strict_client:
    'Auth0 made it a strict third-party client, which can never become first-party. Set PROMOTION=auto.',
  consent_needed:
    'It sends people to their own machine, so consent must be asked and it cannot be first-party. Set PROMOTION=auto.',
} as const;

export type Reason = keyof typeof reasons;
