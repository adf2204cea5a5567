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

/**
 * Sees to the client grant for users: the client's own, which is the gate, or with GRANTS=default
 * the one all third-party clients share. A grant that exists is widened, never narrowed.
 */
export function grantStep({ audience, scopes, grants }: Access): Step {
  const keyOf = ({ client }: Promotion) => (grants === 'default' ? everybody : client.client_id);
  return {
    notKept: 'grant_not_kept',
    async isDone(promotion) {
      const existing = await promotion.lookups.grants.get(keyOf(promotion));
      return existing.some((grant) => covers(grant, scopes));
    },
    async apply(promotion) {
      const { api, lookups } = promotion;
      const key = keyOf(promotion);
      const [existing] = await lookups.grants.get(key);
      lookups.grants.forget(key);
      if (existing) {
        const union = new Set([...existing.scope, ...scopes]);
        return api.updateGrant(existing.id, [...union]);
      }
      try {
        await api.createGrant(granteeOf(key), audience, scopes);
      } catch (error) {
        // Another replica was faster; what it made is read back like our own.
        if (!(error instanceof Failure && error.status === 409)) throw error;
      }
    },
  };
}
