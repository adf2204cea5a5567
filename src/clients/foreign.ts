import type { Config } from '../config.ts';
import type { TenantClient } from './client.ts';
import { decide } from './decide.ts';
import type { Delete } from './delete.ts';
import { Failure } from './failure.ts';
import type { ManagementApi } from './management.ts';
import { pinOf } from './pin.ts';
import { failed } from './promote.ts';
import type { Reason } from './reasons.ts';
import type { Log } from './record.ts';
import type { Chore } from './sweep.ts';

/** Reasons that lie in the client itself, not in a setting or a pin of an administrator. */
const itsOwn: ReadonlySet<Reason> = new Set([
  'no_redirects',
  'redirect_not_allowed',
  'foreign_origin',
  'foreign_logout_url',
  'foreign_initiate_login_uri',
  'grant_types',
  'auth_method',
]);

/**
 * Why `client` is none of the MCP clients that are let in; undefined for every client that did not
 * surely register itself, that an administrator has pinned, or that the gateway ever promoted.
 */
function foreignReason(client: TenantClient, config: Config): Reason | undefined {
  const { external_metadata_type: type, external_metadata_created_by: by } = client;
  const registered = type === 'dcr' && by === 'client' && client.is_first_party === false;
  const ever = client.client_metadata?.['gateway_recipe'] !== undefined;
  if (!registered || ever || pinOf(client) !== undefined) return undefined;
  const decision = decide(client, config);
  if (decision.verdict !== 'refuse' || !itsOwn.has(decision.reason)) return undefined;
  return decision.reason;
}

export interface ForeignParts {
  readonly config: Config;
  readonly api: Pick<ManagementApi, 'getClient' | 'listGrants' | 'listConnectionsOf'>;
  readonly remove: Delete;
  readonly log: Log;
  /** Clients refused for what they are, as the last sweep found them. */
  readonly count: (clients: number) => void;
  /** Unix milliseconds. */
  readonly now: () => number;
}

const hour = 3_600_000;

/** Another one may fail for itself; these fail alike. */
const failsForAll = (error: unknown): boolean =>
  error instanceof Failure && (error.retry || error.status === 401 || error.status === 403);

/**
 * What becomes of clients that registered themselves and are refused: they are counted, and with
 * FOREIGN_CLIENTS=delete deleted when FOREIGN_GRACE_HOURS are over since their registration. Each is
 * read anew before, and one that somebody gave a grant or a connection stays.
 */
export function createForeign({ config, api, remove, log, count, now }: ForeignParts): Chore {
  const { FOREIGN_CLIENTS, FOREIGN_GRACE_HOURS, OAUTH_AUDIENCE } = config;
  const oldest = () => now() - FOREIGN_GRACE_HOURS * hour;

  /** A client whose age Auth0 does not tell is not old. */
  const isOld = ({ created_at: since }: TenantClient): boolean =>
    since !== undefined && Date.parse(since) <= oldest();

  async function isWanted(id: string): Promise<boolean> {
    const grants = await api.listGrants(OAUTH_AUDIENCE, { client_id: id });
    return grants.length > 0 || (await api.listConnectionsOf(id)).size > 0;
  }

  async function end(id: string): Promise<void> {
    const client = await api.getClient(id);
    const reason = foreignReason(client, config);
    if (reason === undefined || !isOld(client) || (await isWanted(id))) return;
    await remove(id, { reason, why: 'foreign' });
  }

  return async (all) => {
    const foreign = all.filter((client) => foreignReason(client, config) !== undefined);
    count(foreign.length);
    if (FOREIGN_CLIENTS === 'leave') return;
    for (const { client_id } of foreign.filter(isOld)) {
      try {
        await end(client_id);
      } catch (error) {
        if (failsForAll(error)) throw error;
        log.warn({ client_id, ...failed(error) }, 'foreign client not deleted');
      }
    }
  };
}
