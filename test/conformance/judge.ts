import type { Expected } from './expected.ts';

/** One check as the suite wrote it to checks.json. */
export interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string | undefined;
}

/**
 * - `passed`: something of it was tried, and all that was tried is right;
 * - `expected`: fails as the list says;
 * - `failed`: fails and is not on the list;
 * - `stale`: is on the list and passes;
 * - `untested`: nothing failed, but nothing of its own was tried either. The suite counts it as passed.
 */
export type Outcome = 'passed' | 'expected' | 'failed' | 'stale' | 'untested';

export interface Verdict {
  readonly scenario: string;
  readonly outcome: Outcome;
  /** Why it is not simply passed. */
  readonly why: readonly string[];
  /** Checks that were left out within a scenario that was tried. */
  readonly skipped: readonly string[];
}

export interface Evidence {
  readonly scenario: string;
  /** None = the suite left no result. */
  readonly checks: readonly Check[] | undefined;
  readonly expected: readonly Expected[];
  /** Fixtures it is about that nobody asked for. */
  readonly unreached: readonly string[];
}

/** The suite adds this to every scenario that exchanged a message. */
const ofEveryScenario = 'wire-schema-valid';

const idsOf = (checks: readonly Check[], ...statuses: Check['status'][]): string[] => [
  ...new Set(checks.filter(({ status }) => statuses.includes(status)).map(({ id }) => id)),
];

const said = ({ id, errorMessage }: Check): string =>
  `${id}: ${(errorMessage ?? 'says no more').replaceAll(/\s+/g, ' ').slice(0, 300)}`;

/** Entries of the list whose failure did not happen. */
function staleEntries(expected: readonly Expected[], checks: readonly Check[], failing: string[]) {
  const right = idsOf(checks, 'SUCCESS');
  return expected.filter(({ check }) =>
    check === undefined ? failing.length === 0 : !failing.includes(check) && right.includes(check),
  );
}

/**
 * Judges a scenario, stricter than the suite's own count: a warning is a failure (as it is for the
 * suite when there is a list of expected ones), and a scenario counts as passed only when a check of
 * its own was tried and what it is about was reached.
 */
export function judge({ scenario, checks, expected, unreached }: Evidence): Verdict {
  const verdict = (outcome: Outcome, why: readonly string[]): Verdict => ({
    scenario,
    outcome,
    why,
    skipped: idsOf(checks ?? [], 'SKIPPED'),
  });
  if (!checks?.length) return verdict('failed', ['there is no result']);
  const failing = idsOf(checks, 'FAILURE', 'WARNING');
  const covers = (id: string) => expected.some(({ check }) => check === undefined || check === id);
  const surprising = failing.filter((id) => !covers(id));
  if (surprising.length > 0) {
    return verdict(
      'failed',
      checks.filter(({ id, status }) => surprising.includes(id) && status !== 'SUCCESS').map(said),
    );
  }
  const stale = staleEntries(expected, checks, failing);
  if (stale.length > 0)
    return verdict(
      'stale',
      stale.map(({ check }) => `${check ?? 'it'} passes`),
    );
  const reasons = expected.map(({ reason }) => reason);
  if (checks.some(({ status }) => status === 'FAILURE')) return verdict('expected', reasons);
  const tried = checks.some(({ id, status }) => status === 'SUCCESS' && id !== ofEveryScenario);
  if (!tried) return verdict('untested', reasons.length > 0 ? reasons : checks.map(({ id }) => id));
  if (failing.length > 0) return verdict('expected', reasons);
  if (unreached.length > 0)
    return verdict(
      'untested',
      unreached.map((name) => `${name} was not called`),
    );
  return verdict('passed', []);
}
