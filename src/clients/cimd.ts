import { isMarked, newMark, type TenantClient } from './client.ts';
import { type Decision, decide, type Rules } from './decide.ts';
import { documentOwner } from './documents.ts';
import { Failure } from './failure.ts';
import type { ManagementApi } from './management.ts';
import { failed } from './promote.ts';
import type { Log, Result } from './record.ts';
import { dayOf } from './usage.ts';
import type { Clients } from './work.ts';

/** Where the day the document was last read stands in `client_metadata`. */
const readKey = 'gateway_document_read';

/**
 * Imports the document at a URL, or renews its client: previewed and judged first, so that a
 * document that turned hostile changes nothing. Throws a Failure.
 */
export type ImportDocument = (url: string, dryRun?: boolean) => Promise<Result>;

/** Puts the import together: preview, decide, register, mark, and the recipe of strict clients. */
export function createImport(
  rules: Rules,
  api: ManagementApi,
  clients: Pick<Clients, 'fromList' | 'lookups'>,
  now: () => number,
): ImportDocument {
  async function foresee(url: string): Promise<TenantClient> {
    const { clientId, problems, fields } = await api.previewDocument(url);
    if (problems.length > 0) {
      throw new Failure('cimd_document', problems.join('; ').slice(0, 200), {
        fix: 'Look at the document: Auth0 does not take it as it is.',
      });
    }
    const existing = clientId === undefined ? undefined : await api.getClient(clientId);
    return {
      client_id: 'not registered yet',
      third_party_security_mode: 'strict',
      external_metadata_type: 'cimd',
      external_client_id: url,
      ...existing,
      ...fields,
      client_metadata: { ...existing?.client_metadata, ...newMark('third-party', new Date(now())) },
    };
  }

  const unchanged = ({ client_id, name }: TenantClient, decision: Decision): Result => {
    const outcome = decision.verdict === 'promote' ? 'observed' : 'refused';
    const about = { clientId: client_id, name, source: 'command' } as const;
    return { ...about, decision, outcome: { outcome, retry: false } };
  };

  return async (url, dryRun = rules.PROMOTION === 'observe') => {
    const foreseen = await foresee(url);
    const decision = decide(foreseen, rules);
    if (dryRun || decision.verdict !== 'promote') return unchanged(foreseen, decision);
    const id = await api.registerDocument(url);
    // The mark comes first: should the rest fail, the sweep takes it for ours and goes on.
    const mark = newMark('third-party', new Date(now()));
    await api.note(id, { ...mark, [readKey]: dayOf(now()) });
    return clients.fromList(await api.getClient(id), clients.lookups(false), 'command');
  };
}

/** Renews each imported client once a day. A document that is refused is told of once a day too. */
export function createRefresh(
  rules: Rules,
  importDocument: ImportDocument,
  log: Log,
  now: () => number,
): (all: readonly TenantClient[]) => Promise<void> {
  const tried = new Map<string, string>();
  return async (all) => {
    const day = dayOf(now());
    for (const client of all) {
      const { external_client_id: url = '', client_metadata: metadata = {} } = client;
      const known = isMarked(client) && documentOwner(client, rules.PROMOTE_CLIENTS) !== undefined;
      if (!known || metadata[readKey] === day || tried.get(url) === day) continue;
      tried.set(url, day);
      const about = { client_id: client.client_id, document: url };
      try {
        const { decision, outcome } = await importDocument(url);
        const bad = outcome.outcome === 'refused';
        log[bad ? 'error' : 'info']({ ...about, ...decision, ...outcome }, 'document read again');
      } catch (error) {
        log.warn({ ...about, ...failed(error) }, 'document not read');
      }
    }
  };
}
