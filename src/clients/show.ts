import type { Row } from './overview.ts';
import { pins } from './pin.ts';
import type { Outcome } from './promote.ts';
import type { Quota } from './quota.ts';
import { reasons } from './reasons.ts';
import type { Result } from './record.ts';
import type { Retirement } from './retire.ts';
import { spared } from './spare.ts';
import { type Cell, plain, sheet, table } from './table.ts';

const head = ['client id', 'name', 'kind', 'verdict', 'promoted', 'connection', 'grant'];

/** Every client a line, and below how full the tenant is and what of registration. */
export function showList(rows: readonly Row[], quota: Quota, advice: string): string {
  const lines = rows.map((row) => [
    row.client_id,
    row.name?.slice(0, 30),
    row.kind,
    row.reason ?? row.verdict,
    row.promoted,
    row.connection,
    row.grant,
    row.last_used,
    row.pin,
  ]);
  const limit = quota.limit === 0 ? '' : ` of ${quota.limit}`;
  const full = `${quota.clients}${limit} applications in the tenant.`;
  return `${table([...head, 'last used', 'pin'], lines)}\n${full}\n${advice}\n`;
}

const lines = (values: unknown): string => (Array.isArray(values) ? values.join(' ') : '');

/** One client, and what its verdict and pin mean. `client`: as Auth0 has it. */
export function showRow(row: Row, client: Readonly<Record<string, unknown>> = {}): string {
  const { reason, pin = '' } = row;
  const entries: [string, Cell][] = [
    ['client id', row.client_id],
    ['name', row.name],
    ['kind', row.kind],
    ['verdict', row.verdict],
    ['recipe', row.recipe],
    ['reason', reason],
    ['', reason && reasons[reason]],
    ['detail', row.detail],
    ['promoted', row.promoted],
    ['connection', row.connection],
    ['grant', row.grant],
    ['last used', row.last_used],
    ['pin', pin],
    ['', Object.entries(pins).find(([word]) => word === pin)?.[1]],
    ['redirects', lines(client['callbacks'])],
    ['registered', String(client['created_at'] ?? '')],
  ];
  return sheet(entries.filter(([, value]) => value !== undefined && value !== ''));
}

/** A failure in a line: its code, what Auth0 said, what to do about it. */
export const showFailure = ({ code, error_description: said = '', fix = '' }: Failed): string =>
  `${code}: ${said.replace(/\.$/, '')}. ${fix}`.trimEnd();

type Failed = Pick<Outcome, 'code' | 'error_description' | 'fix'>;

/** What became of one client, in a line, and what to do about it where there is something. */
export function showOutcome({ clientId, name, decision, outcome }: Result): string {
  const reason = decision && decision.verdict !== 'promote' ? decision.reason : undefined;
  const notes = [
    reason === undefined ? '' : `: ${reason}. ${reasons[reason]}`,
    outcome.code === undefined ? '' : `: ${showFailure(outcome)}`,
  ];
  return `${outcome.outcome} ${clientId} ${plain(name)}${notes.join('')}\n`;
}

/** What a sweep did; clients that needed nothing are only counted. */
export function showSweep(results: readonly Result[]): string {
  const quiet = ['already', 'ignored'];
  const loud = results.filter(({ outcome }) => !quiet.includes(outcome.outcome));
  const rest = results.length - loud.length;
  return `${loud.map(showOutcome).join('')}${rest} other clients needed nothing.\n`;
}

/** What became of the clients nobody used for `days`. */
export function showRetirements(done: readonly Retirement[], days: number): string {
  if (days === 0) return 'RETIRE_UNUSED_DAYS is 0: no client is ever deleted.\n';
  if (done.length === 0) return `No client was unused for ${days} days.\n`;
  const rows = done.map((each) => [
    each.client_id,
    each.client_name?.slice(0, 30),
    each.last_seen,
    each.outcome,
    each.reason === undefined ? each.code : `${each.reason}: ${spared[each.reason]}`,
    each.fix,
  ]);
  return table(['client id', 'name', 'last seen', 'outcome', 'why', 'what to do'], rows);
}
