import { z } from 'zod';
import type { Settings } from '../state.ts';
import { readBody } from './read.ts';
import { invalidBody } from './refusal.ts';
import type { Answer, Call, Route } from './route.ts';

/** Shown by GET and refused by PATCH: echoing the whole answer back fails, as with Auth0. */
const readOnly = { sandbox_versions_available: ['22', '18'] };
const readOnlyFlags = { allow_changing_enable_sso: false, enable_sso: true };

const mode = z.enum(['strict', 'permissive']);

const patch = z.strictObject({
  flags: z
    .strictObject({ enable_dynamic_client_registration: z.boolean().exactOptional() })
    .exactOptional(),
  dynamic_client_registration_security_mode: mode.exactOptional(),
  resource_parameter_profile: z.enum(['audience', 'compatibility']).exactOptional(),
  authorization_response_iss_parameter_supported: z.boolean().exactOptional(),
  client_id_metadata_document_supported: z.boolean().exactOptional(),
  default_audience: z.string().exactOptional(),
});

const shown = (settings: Settings): object => ({
  ...settings,
  ...readOnly,
  flags: { ...readOnlyFlags, ...settings.flags },
});

/** Flags are merged key by key. A tenant that became strict stays so: new tenants cannot choose permissive. */
function update({ state: { settings }, body }: Call): Answer {
  const { flags, ...rest } = readBody(patch, body);
  const from = settings.dynamic_client_registration_security_mode;
  if (from === 'strict' && rest.dynamic_client_registration_security_mode === 'permissive') {
    throw invalidBody('dynamic_client_registration_security_mode cannot become permissive');
  }
  Object.assign(settings.flags, flags);
  Object.assign(settings, rest);
  return { status: 200, body: shown(settings) };
}

export const settingsRoutes: Route[] = [
  {
    method: 'GET',
    path: '/tenants/settings',
    scope: 'read:tenant_settings',
    run: ({ state }) => ({ status: 200, body: shown(state.settings) }),
  },
  {
    method: 'PATCH',
    path: '/tenants/settings',
    scope: 'update:tenant_settings',
    run: update,
    log: 'Update tenant settings',
  },
];
