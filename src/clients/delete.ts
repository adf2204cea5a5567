import type { ManagementApi } from './management.ts';
import type { Log } from './record.ts';

/** Deletes one client; `why` goes into the log line. Throws a Failure. */
export type Delete = (clientId: string, why: Readonly<Record<string, unknown>>) => Promise<void>;

/**
 * Deleting cannot be undone, so the client and its grants to `audience` are first written out in
 * full, as one line of the log: enough to make the same again (under a new client id, which Auth0
 * chooses).
 */
export const createDelete =
  (
    api: Pick<ManagementApi, 'wholeClient' | 'listGrants' | 'deleteClient'>,
    audience: string,
    log: Pick<Log, 'warn'>,
  ): Delete =>
  async (clientId, why) => {
    const client = await api.wholeClient(clientId);
    const client_grants = await api.listGrants(audience, { client_id: clientId });
    log.warn({ ...why, client_id: clientId, client, client_grants }, 'client is deleted');
    await api.deleteClient(clientId);
  };
