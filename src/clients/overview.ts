import type { Config } from '../config.ts';
import type { Catalog } from '../tools/catalog.ts';
import { isMarked, type Recipe, type TenantClient } from './client.ts';
import { domainStep, enableStep } from './connection-steps.ts';
import { decide, isStrict } from './decide.ts';
import { Failure } from './failure.ts';
import { grantStep } from './grant-step.ts';
import type { Lookups } from './lookups.ts';
import type { ManagementApi } from './management.ts';
import { pinOf } from './pin.ts';
import type { Reason } from './reasons.ts';
import type { Promotion, Step } from './step.ts';
import { usedKey } from './usage.ts';

type Standing = 'ready' | 'missing' | 'not_found' | 'not_needed';

/** All there is to know of one client at a glance. */
export interface Row {
  readonly client_id: string;
  readonly name: string | undefined;
  readonly kind: 'first-party' | 'strict' | 'permissive' | 'imported';
  readonly verdict: 'promote' | 'ignore' | 'refuse';
  readonly recipe?: Recipe;
  readonly reason?: Reason;
  readonly detail?: string;
  /** Whether it bears the gateway's mark. */
  readonly promoted: boolean;
  /** Of a client that is let in: the login connections, and the client grant. */
  readonly connection?: Standing;
  readonly grant?: Standing;
  readonly last_used?: string;
  readonly pin?: string;
}

function kindOf(client: TenantClient): Row['kind'] {
  if (client.external_metadata_type === 'cimd') return 'imported';
  if (client.is_first_party) return 'first-party';
  return isStrict(client) ? 'strict' : 'permissive';
}

async function standing(steps: readonly Step[], promotion: Promotion): Promise<Standing> {
  try {
    for (const step of steps) if (!(await step.isDone(promotion))) return 'missing';
    return 'ready';
  } catch (error) {
    if (error instanceof Failure && error.code === 'conn_not_found') return 'not_found';
    throw error;
  }
}

/** Looks at one client with the eyes of the promotion. Throws a Failure. */
export type Look = (client: TenantClient, lookups: Lookups) => Promise<Row>;

export function createLook(
  config: Config,
  { scopes }: Pick<Catalog, 'scopes'>,
  api: ManagementApi,
): Look {
  const { OAUTH_AUDIENCE: audience, GRANTS: grants, loginConnections: names } = config;
  const grant = [grantStep({ audience, scopes, grants })];
  const connection = {
    'first-party': names.map(enableStep),
    'third-party': names.map(domainStep),
  };
  return async (client, lookups) => {
    const decision = decide(client, config);
    const { client_id, name, client_metadata: metadata = {} } = client;
    const [used, pin] = [metadata[usedKey], pinOf(client)];
    const row: Row = {
      client_id,
      name,
      kind: kindOf(client),
      ...decision,
      promoted: isMarked(client),
      ...(used === undefined ? {} : { last_used: String(used) }),
      ...(pin === undefined ? {} : { pin }),
    };
    if (decision.verdict !== 'promote') return row;
    const { recipe } = decision;
    const promotion = { api, lookups, now: new Date(), fresh: false, client };
    return {
      ...row,
      connection: await standing(connection[recipe], promotion),
      grant: recipe === 'first-party' ? 'not_needed' : await standing(grant, promotion),
    };
  };
}
