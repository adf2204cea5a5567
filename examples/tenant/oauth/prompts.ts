import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { State } from '../state.ts';
import { findClient } from './access.ts';

const { Check, Prompt, base } = interactionPolicy;

/** Login as oidc-provider has it; consent whenever the grant at hand does not hold all that is asked for. */
export function prompts(): interactionPolicy.Prompt[] {
  const policy = base();
  policy.remove('consent');
  const missing = new Check('missing', 'consent is missing', 'consent_required', ({ oidc }) => {
    const held = new Set(
      oidc.grant?.getResourceScope(String(oidc.params?.['resource'])).split(' '),
    );
    return [...oidc.requestParamScopes].some((scope) => !held.has(scope));
  });
  const consent = new Prompt({ name: 'consent', requestable: true }, missing);
  // `prompt=consent` is in every request (admit.ts) and says nothing here.
  consent.checks.remove('consent_prompt');
  policy.add(consent);
  return policy;
}

type Oidc = KoaContextWithOIDC['oidc'];
type Grant = InstanceType<Oidc['provider']['Grant']>;

/** A new grant of everything the request asks for; returns its id too. */
export async function grantAll(
  provider: Oidc['provider'],
  parties: { accountId: string; clientId: string },
  params: Record<string, unknown>,
): Promise<{ grant: Grant; id: string }> {
  const grant = new provider.Grant(parties);
  grant.addOIDCScope(String(params['scope']));
  grant.addResourceScope(String(params['resource']), String(params['scope']));
  return { grant, id: await grant.save() };
}

/**
 * The consent that exists already: just given, implied for first-party clients (Auth0 skips their consent),
 * or remembered for permissive third-party ones. A strict client's consent is asked for every time.
 */
export async function existingGrant(
  state: State,
  { oidc }: KoaContextWithOIDC,
): Promise<Grant | undefined> {
  const { provider } = oidc;
  const params = { ...oidc.params };
  const clientId = String(params['client_id']);
  const given = oidc.result?.consent?.grantId;
  if (given !== undefined) return provider.Grant.find(given);
  const client = findClient(state, clientId);
  if (client?.is_first_party) {
    const accountId = String(oidc.account?.accountId);
    return (await grantAll(provider, { accountId, clientId }, params)).grant;
  }
  if (client?.third_party_security_mode === 'strict') return undefined;
  return provider.Grant.find(String(oidc.session?.grantIdFor(clientId)));
}
