import type { Config } from '../config.ts';
import { bearsMark, type Recipe, type TenantClient } from './client.ts';
import { documentOwner } from './documents.ts';
import { isOwnRedirect, ownOrigins } from './own-redirects.ts';
import { isPin, pinOf } from './pin.ts';
import { isWebRedirect, originsOf, redirectAllowed } from './presets.ts';
import type { Reason } from './reasons.ts';

/** `ignore`: none of our business; `refuse`: kept out. */
export interface Rejection {
  readonly verdict: 'ignore' | 'refuse';
  readonly reason: Reason;
  /** The value that was the reason, for the log. */
  readonly detail?: string;
}

export type Decision = { readonly verdict: 'promote'; readonly recipe: Recipe } | Rejection;

export type Rules = Pick<
  Config,
  'PROMOTE_CLIENTS' | 'ALLOWED_REDIRECTS' | 'PROMOTION' | 'PROMOTE_UNMARKED'
>;

type Check = (client: TenantClient, rules: Rules) => Rejection | undefined;

const ignore = (reason: Reason): Rejection => ({ verdict: 'ignore', reason });

const refuse = (reason: Reason, detail?: string): Rejection => ({
  verdict: 'refuse',
  reason,
  ...(detail === undefined ? {} : { detail: detail.slice(0, 200) }),
});

const refuseFirst = (reason: Reason, values: readonly string[]): Rejection | undefined =>
  values[0] === undefined ? undefined : refuse(reason, values[0]);

const ownership: Check = (client, { PROMOTION }) => {
  if (!client.is_first_party) return undefined;
  const ours = bearsMark(client, 'first-party') && PROMOTION !== 'third-party';
  return ours ? undefined : ignore('first_party_already');
};

/** An import is an administrator's decision, so the mark must say that it was made through us. */
const imported: Check = (client, { PROMOTE_CLIENTS }) =>
  bearsMark(client, 'third-party') && documentOwner(client, PROMOTE_CLIENTS) !== undefined
    ? undefined
    : ignore('not_self_registered');

const origin: Check = (client, rules) => {
  const { external_metadata_type: type, external_metadata_created_by: by } = client;
  if (type === 'cimd') return imported(client, rules);
  const allowed = rules.PROMOTE_UNMARKED || pinOf(client) === 'allow';
  if (type === undefined) return allowed ? undefined : ignore('unmarked');
  return type === 'dcr' && by !== 'admin' ? undefined : ignore('not_self_registered');
};

const pin: Check = (client) => {
  const word = pinOf(client);
  if (word === 'deny') return refuse('pinned_deny');
  return word === undefined || isPin(word) ? undefined : refuse('unknown_pin', word);
};

const isAllowed = (redirect: string, { PROMOTE_CLIENTS, ALLOWED_REDIRECTS }: Rules): boolean =>
  redirectAllowed(redirect, PROMOTE_CLIENTS) || isOwnRedirect(redirect, ALLOWED_REDIRECTS);

const redirects: Check = ({ callbacks }, rules) => {
  const all = callbacks ?? [];
  if (all.length === 0) return refuse('no_redirects');
  const foreign = all.filter((redirect) => !isAllowed(redirect, rules));
  return refuseFirst('redirect_not_allowed', foreign);
};

const known = ({ PROMOTE_CLIENTS, ALLOWED_REDIRECTS }: Rules, origin: string): boolean =>
  [...originsOf(PROMOTE_CLIENTS), ...ownOrigins(ALLOWED_REDIRECTS)].includes(origin);

const origins: Check = (client, rules) => {
  const all = [...(client.web_origins ?? []), ...(client.allowed_origins ?? [])];
  return refuseFirst(
    'foreign_origin',
    all.filter((each) => !known(rules, each)),
  );
};

const elsewhere = (url: string, rules: Rules): boolean =>
  !known(rules, URL.parse(url)?.origin ?? '');

const logout: Check = ({ allowed_logout_urls: urls }, rules) =>
  refuseFirst(
    'foreign_logout_url',
    (urls ?? []).filter((url) => elsewhere(url, rules)),
  );

const initiation: Check = ({ initiate_login_uri: uri }, rules) =>
  uri && elsewhere(uri, rules) ? refuse('foreign_initiate_login_uri', uri) : undefined;

/** The first two are kept; permissive tenants add the others unasked, and promotion takes them away. */
const grantTypes = ['authorization_code', 'refresh_token', 'implicit', 'client_credentials'];

const grants: Check = ({ grant_types: types }) => {
  const all = types ?? [];
  if (!all.includes('authorization_code')) return refuse('grant_types', all.join(' '));
  return refuseFirst(
    'grant_types',
    all.filter((type) => !grantTypes.includes(type)),
  );
};

const authMethods = ['none', 'client_secret_post', 'client_secret_basic'];

/** Imported clients may prove themselves with a key of their own; Auth0 then says no method at all. */
const authentication: Check = ({ token_endpoint_auth_method: method, ...client }) => {
  if (!method || authMethods.includes(method)) return undefined;
  const byKey = client.external_metadata_type === 'cimd' && method === 'private_key_jwt';
  return byKey ? undefined : refuse('auth_method', method);
};

/** In order; the first that objects has the word. */
const checks: readonly Check[] = [
  ownership,
  origin,
  pin,
  redirects,
  origins,
  logout,
  initiation,
  grants,
  authentication,
];

/** Ownership and mode of a strict client are fixed when it is made (Auth0, third-party applications). */
export const isStrict = (client: TenantClient): boolean =>
  client.third_party_security_mode === 'strict' || client.client_id.startsWith('tpc_');

function chooseRecipe(client: TenantClient, { PROMOTION }: Rules): Decision {
  const thirdParty: Decision = { verdict: 'promote', recipe: 'third-party' };
  const forced = PROMOTION === 'first-party';
  if (PROMOTION === 'third-party') return thirdParty;
  if (isStrict(client)) return forced ? refuse('strict_client') : thirdParty;
  // First-party clients skip consent: whoever listens on the machine would log in unseen.
  const local = client.callbacks?.find((redirect) => !isWebRedirect(redirect));
  if (local === undefined) return { verdict: 'promote', recipe: 'first-party' };
  return forced || client.is_first_party ? refuse('consent_needed', local) : thirdParty;
}

/**
 * Whether `client`, as Auth0 has it now, is let in, and how. Its name means nothing: anyone can
 * register a client called ChatGPT; where it sends people back to is what it cannot lie about.
 */
export function decide(client: TenantClient, rules: Rules): Decision {
  for (const check of checks) {
    const rejection = check(client, rules);
    if (rejection) return rejection;
  }
  return chooseRecipe(client, rules);
}
