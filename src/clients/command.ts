import type { Config } from '../config.ts';
import type { Catalog } from '../tools/catalog.ts';
import type { Command } from './command-line.ts';
import { dcrAdvice, dcrState } from './dcr.ts';
import { documents } from './documents.ts';
import type { Keeper } from './keeper.ts';
import { createLook, type Row } from './overview.ts';
import { pinKey } from './pin.ts';
import { failed } from './promote.ts';
import { quotaOf } from './quota.ts';
import type { Result } from './record.ts';
import { showFailure, showList, showOutcome, showRetirements, showRow, showSweep } from './show.ts';

/** EX_UNAVAILABLE of sysexits(3): the same may succeed later. */
const unavailable = 69;

/** What a command came to: the answer for machines, the text for people, the exit code. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
  readonly code: number;
}

export interface CommandParts {
  readonly config: Config;
  readonly catalog: Pick<Catalog, 'scopes'>;
  readonly keeper: Keeper;
  /** Unix milliseconds. */
  readonly now: () => number;
}

const codeOf = ({ outcome: { outcome, retry } }: Result): number => {
  if (outcome === 'failed') return retry ? unavailable : 1;
  return outcome === 'refused' || outcome === 'ignored' ? 1 : 0;
};

const told = ({ clientId, name, decision, outcome }: Result) => ({
  client_id: clientId,
  name,
  ...decision,
  ...outcome,
});

const answerOf = (result: Result): Answer => ({
  json: told(result),
  text: showOutcome(result),
  code: codeOf(result),
});

/** The commands, each with the functions the service itself runs on. */
export function createCommands({ config, catalog, keeper, now }: CommandParts) {
  const { api, clients } = keeper;
  const look = createLook(config, catalog, api);
  const read = async (id: string): Promise<Row> =>
    look(await api.getClient(id), clients.lookups(false));

  async function list(): Promise<Answer> {
    const all = await clients.list();
    const lookups = clients.lookups(true);
    const rows: Row[] = [];
    for (const client of all) if (!client.global) rows.push(await look(client, lookups));
    const quota = quotaOf(all, config.TENANT_CLIENT_LIMIT);
    const dcr = dcrState(all, config.PROMOTE_CLIENTS, now());
    const advice = dcrAdvice(dcr);
    return { json: { clients: rows, quota, dcr }, text: showList(rows, quota, advice), code: 0 };
  }

  async function show(id: string): Promise<Answer> {
    const row = await read(id);
    const client = await api.wholeClient(id);
    return { json: { ...row, client }, text: showRow(row, client), code: 0 };
  }

  async function promote(id: string): Promise<Answer> {
    const client = await api.getClient(id);
    return answerOf(await clients.fromList(client, clients.lookups(false), 'command'));
  }

  async function pin(id: string, word: string | undefined, dryRun: boolean): Promise<Answer> {
    const client = await api.getClient(id);
    if (!dryRun) await api.note(id, { [pinKey]: word ?? null });
    const metadata = { ...client.client_metadata, [pinKey]: word ?? '' };
    const row = await look({ ...client, client_metadata: metadata }, clients.lookups(false));
    return { json: row, text: showRow(row), code: 0 };
  }

  async function retire(dryRun: boolean): Promise<Answer> {
    const days = config.RETIRE_UNUSED_DAYS;
    const done = await keeper.retire(await clients.list(), dryRun || undefined);
    const code = done.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
    return { json: done, text: showRetirements(done, days), code };
  }

  async function sweep(): Promise<Answer> {
    const results = await keeper.sweep.once();
    const failures = results.filter(({ outcome }) => outcome.outcome === 'failed').map(codeOf);
    const code = failures.length === 0 ? 0 : Math.min(...failures);
    return { json: results.map(told), text: showSweep(results), code };
  }

  async function run(command: Command): Promise<Answer> {
    switch (command.name) {
      case 'list':
        return list();
      case 'show':
        return show(command.id);
      case 'promote':
        return promote(command.id);
      case 'sweep':
        return sweep();
      case 'retire':
        return retire(command.dryRun);
      case 'pin':
        return pin(command.id, command.pin, command.dryRun);
      case 'import':
        return answerOf(
          await keeper.importDocument(String(documents[command.of]), command.dryRun || undefined),
        );
    }
  }

  /** Never throws: what the tenant refuses is an answer too. */
  return async (command: Command): Promise<Answer> => {
    try {
      return await run(command);
    } catch (error) {
      const { outcome, retry, ...why } = failed(error);
      const text = `${showFailure(why)}\n`;
      return { json: { outcome, ...why }, text, code: retry ? unavailable : 1 };
    }
  };
}
