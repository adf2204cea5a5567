/** A client as Auth0 has it: the fields a verdict looks at, under the names of the Management API. */
export interface TenantClient {
  readonly client_id: string;
  readonly name?: string | undefined;
  readonly created_at?: string | undefined;
  /** True for Auth0's own placeholder of all applications. */
  readonly global?: boolean | undefined;
  readonly is_first_party?: boolean | undefined;
  readonly third_party_security_mode?: string | undefined;
  readonly external_metadata_type?: string | undefined;
  readonly external_metadata_created_by?: string | undefined;
  /** Of an imported client (CIMD): the URL of its document. */
  readonly external_client_id?: string | undefined;
  readonly callbacks?: readonly string[] | undefined;
  readonly web_origins?: readonly string[] | undefined;
  readonly allowed_origins?: readonly string[] | undefined;
  readonly allowed_logout_urls?: readonly string[] | undefined;
  readonly initiate_login_uri?: string | undefined;
  readonly grant_types?: readonly string[] | undefined;
  readonly token_endpoint_auth_method?: string | undefined;
  readonly jwt_configuration?: { readonly alg?: string | undefined } | undefined;
  readonly client_metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** The two ways in: one per kind of third-party client Auth0 makes (strict, permissive). */
export type Recipe = 'first-party' | 'third-party';

/** True when `client` bears our mark of `recipe`. A memory, never a reason to skip a check. */
export const bearsMark = (client: TenantClient, recipe: Recipe): boolean =>
  client.client_metadata?.['gateway_recipe'] === recipe;

/** True when `client` bears our mark of either recipe: we promoted it, or began to. */
export const isMarked = ({ client_metadata: metadata }: TenantClient): boolean =>
  metadata?.['gateway_recipe'] !== undefined;

/** What promotion writes into `client_metadata`: strings of at most 255 characters (Auth0). */
export const newMark = (recipe: Recipe, now: Date): Record<string, string> => ({
  gateway_recipe: recipe,
  gateway_promoted_at: now.toISOString(),
  gateway_promoted_by: 'openai-auth0-gateway',
});
