import { bearsMark, newMark, type Recipe, type TenantClient } from './client.ts';
import type { ClientChange } from './management.ts';
import type { Step } from './step.ts';

/** One thing a promoted client must be, and the change that makes it so. */
interface Wish {
  kept(client: TenantClient): boolean;
  change(now: Date): ClientChange;
}

const grantTypes = ['authorization_code', 'refresh_token'];

const codeFlowOnly: Wish = {
  kept: ({ grant_types: types = [] }) =>
    types.length === grantTypes.length && grantTypes.every((type) => types.includes(type)),
  change: () => ({ grant_types: grantTypes }),
};

const marked = (recipe: Recipe): Wish => ({
  kept: (client) => bearsMark(client, recipe),
  change: (now) => ({ client_metadata: newMark(recipe, now) }),
});

/** A strict client's ownership cannot be changed, and it has these ways already. */
const wishes: Readonly<Record<Recipe, readonly Wish[]>> = {
  'first-party': [
    {
      kept: (client) => client.is_first_party === true,
      change: () => ({ is_first_party: true }),
    },
    {
      // A public client must use PKCE; Auth0 has no other switch for it.
      kept: (client) => client.token_endpoint_auth_method === 'none',
      change: () => ({ token_endpoint_auth_method: 'none' }),
    },
    {
      kept: (client) => client.jwt_configuration?.alg === 'RS256',
      change: () => ({ jwt_configuration: { alg: 'RS256' } }),
    },
    codeFlowOnly,
    marked('first-party'),
  ],
  'third-party': [codeFlowOnly, marked('third-party')],
};

/** PATCHes what differs of the client, in one request. */
export const clientStep = (recipe: Recipe): Step => ({
  notKept: 'promote_not_kept',
  isKnown: () => true,
  isDone: async ({ client }) => wishes[recipe].every((wish) => wish.kept(client)),
  async apply(promotion) {
    const { api, client, now } = promotion;
    const open = wishes[recipe].filter((wish) => !wish.kept(client));
    const change = Object.assign({}, ...open.map((wish) => wish.change(now)));
    promotion.client = await api.updateClient(client.client_id, change);
  },
});
