import { isMarked, type TenantClient } from './client.ts';
import { documentOwner } from './documents.ts';
import type { McpClient } from './presets.ts';
import type { Log } from './record.ts';
import { lastSeen } from './usage.ts';

/** How far a tenant is from doing without Dynamic Client Registration (DCR). */
export interface DcrState {
  /** Promoted clients that registered themselves and were used or promoted in the last 30 days. */
  readonly inUse: number;
  /** Of whom there is no imported document (CIMD). */
  readonly missing: readonly McpClient[];
  /** True when nobody would miss it. */
  readonly dispensable: boolean;
}

/** Milliseconds after which a client counts as left. */
const recently = 30 * 86_400_000;

/**
 * Counts who of `all` still depends on DCR. Switching it off ends no client that exists, but
 * nobody of a connection made anew would get in without a document.
 * @param now unix milliseconds
 */
export function dcrState(
  all: readonly TenantClient[],
  clients: readonly McpClient[],
  now: number,
): DcrState {
  const ours = all.filter(isMarked);
  const imported = ours.map((client) => documentOwner(client, clients));
  const missing = clients.filter((client) => !imported.includes(client));
  const inUse = ours.filter(
    (client) => client.external_metadata_type !== 'cimd' && now - lastSeen(client) < recently,
  ).length;
  return { inUse, missing, dispensable: inUse === 0 && missing.length === 0 };
}

/** What an operator should know of it, in a sentence. */
export function dcrAdvice({ inUse, missing, dispensable }: DcrState): string {
  if (dispensable) {
    return 'Nobody uses a client of dynamic registration any more: it can be switched off (enable_dynamic_client_registration).';
  }
  if (missing.length > 0) {
    return `Dynamic registration is needed: no document was imported for ${missing.join(', ')}.`;
  }
  return `Dynamic registration should stay: ${inUse} of its clients were used in the last 30 days.`;
}

/** Counts at each sweep, and says once when nobody needs it any more. */
export function createDcrWatch(
  clients: readonly McpClient[],
  measure: (inUse: number) => void,
  log: Pick<Log, 'info'>,
  now: () => number,
): (all: readonly TenantClient[]) => Promise<void> {
  let told = false;
  return async (all) => {
    const state = dcrState(all, clients, now());
    measure(state.inUse);
    if (state.dispensable && !told) log.info(state, dcrAdvice(state));
    told = state.dispensable;
  };
}
