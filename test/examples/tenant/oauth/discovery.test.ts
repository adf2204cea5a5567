import t from 'tap';
import { preparedState, serve } from './tenant.ts';

t.test('metadata', async (t) => {
  const tenant = await serve(t, preparedState('strict'));
  const read = async (path: string) => {
    const response = await fetch(tenant.origin + path);
    t.equal(response.headers.get('access-control-allow-origin'), '*');
    return (await response.json()) as Record<string, unknown>;
  };
  const openid = await read('/.well-known/openid-configuration');
  t.same(await read('/.well-known/oauth-authorization-server'), openid, 'both paths say the same');
  t.match(openid, {
    issuer: tenant.issuer,
    authorization_endpoint: `${tenant.origin}/authorize`,
    token_endpoint: `${tenant.origin}/oauth/token`,
    registration_endpoint: `${tenant.origin}/oidc/register`,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  });
  t.notOk('client_id_metadata_document_supported' in openid);

  const { settings } = tenant.state;
  settings.flags.enable_dynamic_client_registration = false;
  settings.authorization_response_iss_parameter_supported = false;
  settings.client_id_metadata_document_supported = true;
  const after = await read('/.well-known/openid-configuration');
  t.notOk('registration_endpoint' in after, 'nobody may register');
  t.notOk('authorization_response_iss_parameter_supported' in after);
  t.equal(after['client_id_metadata_document_supported'], true);
});
