import t from 'tap';
import { openTenant } from '../open-tenant.ts';

t.test('a tenant as Auth0 makes it', async (t) => {
  const { management } = await openTenant(t, { prepared: false });
  t.match(await management.tenants.settings.get(), {
    flags: { enable_dynamic_client_registration: false },
    resource_parameter_profile: 'audience',
    authorization_response_iss_parameter_supported: false,
    dynamic_client_registration_security_mode: 'strict',
  });
});

t.test('changes only what is sent', async (t) => {
  const { tenant, management } = await openTenant(t, { prepared: false });
  await management.tenants.settings.update({ flags: { enable_dynamic_client_registration: true } });
  await management.tenants.settings.update({ resource_parameter_profile: 'compatibility' });
  t.match(tenant.state.settings, {
    flags: { enable_dynamic_client_registration: true },
    resource_parameter_profile: 'compatibility',
    authorization_response_iss_parameter_supported: false,
  });
});

t.test('refuses its own answer sent back', async (t) => {
  const { management, call } = await openTenant(t);
  const { flags } = await management.tenants.settings.get();
  t.match(await call('PATCH', '/tenants/settings', { flags }), {
    status: 400,
    body: { message: /not allowed: .*enable_sso.* on property flags/ },
  });
  t.match(await call('PATCH', '/tenants/settings', { sandbox_versions_available: [] }), {
    status: 400,
  });
});

t.test('a new tenant cannot choose permissive clients, an old one may leave them', async (t) => {
  const setMode = (dynamic_client_registration_security_mode: 'strict' | 'permissive') => ({
    dynamic_client_registration_security_mode,
  });
  const strict = await openTenant(t);
  t.match(await strict.call('PATCH', '/tenants/settings', setMode('permissive')), { status: 400 });
  const old = await openTenant(t, { mode: 'permissive' });
  t.match(await old.call('PATCH', '/tenants/settings', setMode('permissive')), { status: 200 });
  t.match(await old.call('PATCH', '/tenants/settings', setMode('strict')), { status: 200 });
});
