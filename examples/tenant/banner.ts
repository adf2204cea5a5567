import { note } from './seed.ts';
import type { Tenant, TenantOptions } from './tenant.ts';

/** What a person who starts the tenant needs to know, with the gateway's settings to copy. */
export function banner(
  { origin, issuer, state }: Tenant,
  {
    audience,
    management,
    mode,
    webhook,
  }: Pick<TenantOptions, 'audience' | 'management' | 'mode'> & {
    webhook: { url: string; secret: string };
  },
): string {
  const people = [...state.people.values()].map(
    (person) => `  ${person.email}, password "${person.password}": ${note(person)}`,
  );
  return `A pretend Auth0 tenant, for development on this machine only.

  issuer          ${issuer}
  Management API  ${origin}/api/v2/
  registration    ${origin}/oidc/register
  switchboard     ${origin}/__tenant
  mode            ${mode} (the kind of third-party clients it makes)
  log stream to   ${webhook.url}

People
${people.join('\n')}

The gateway's environment
  OAUTH_ISSUER=${issuer}
  OAUTH_AUDIENCE=${audience}
  MGMT_DOMAIN=${origin}
  MGMT_CLIENT_ID=${management.clientId}
  MGMT_CLIENT_SECRET=${management.clientSecret}
  GOOGLE_CONNECTION_NAME=google-oauth2
  LOG_WEBHOOK_SECRET=${webhook.secret}
`;
}
