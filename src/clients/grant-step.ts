import type { Config } from '../config.ts';
import { Failure } from './failure.ts';
import { everybody, granteeOf } from './lookups.ts';
import type { ClientGrant } from './management.ts';
import type { Promotion, Step } from './step.ts';

/** What people may be granted through a client. */
export interface Access {
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly grants: Config['GRANTS'];
}

const covers = (grant: ClientGrant, scopes: readonly string[]): boolean =>
  grant.allScopes || scopes.every((scope) => grant.scope.includes(scope));

const isConflict = (error: unknown): boolean => error instanceof Failure && error.status === 409;

/**
 * Sees to the client grant for users: the client's own, which is the gate, or with GRANTS=default
 * the one all third-party clients share. A grant that exists is widened, never narrowed.
 */
export function grantStep({ audience, scopes, grants }: Access): Step {
  const keyOf = ({ client }: Promotion) => (grants === 'default' ? everybody : client.client_id);

  /** False when there is one already: another replica was faster, or an administrator made it. */
  async function make({ api, lookups }: Promotion, key: string): Promise<boolean> {
    try {
      lookups.grants.set(key, [await api.createGrant(granteeOf(key), audience, scopes)]);
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  }

  return {
    notKept: 'grant_not_kept',
    isKnown: (promotion) => promotion.lookups.grants.known(keyOf(promotion)) !== undefined,
    async isDone(promotion) {
      const existing = await promotion.lookups.grants.get(keyOf(promotion));
      return existing.some((grant) => covers(grant, scopes));
    },
    async apply(promotion) {
      const { api, lookups } = promotion;
      const key = keyOf(promotion);
      const known = (await lookups.grants.known(key)) ?? [];
      if (known.length === 0 && (await make(promotion, key))) return;
      // Read anew, so that nothing somebody added meanwhile is lost.
      lookups.grants.forget(key);
      const [grant] = await lookups.grants.get(key);
      if (!grant || covers(grant, scopes)) return;
      const union = new Set([...grant.scope, ...scopes]);
      lookups.grants.set(key, [await api.updateGrant(grant.id, [...union])]);
    },
  };
}
