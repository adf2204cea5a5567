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
 * - `untested`: as the list says, nothing of its own can be tried. The suite counts it as passed.
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

/** What passes of a scenario although the list says it fails. */
function staleEntries(
  expected: readonly Expected[],
  checks: readonly Check[],
  failing: readonly string[],
): string[] {
  const right = idsOf(checks, 'SUCCESS');
  const stale = expected.filter(({ check }) =>
    check === undefined ? failing.length === 0 : !failing.includes(check) && right.includes(check),
  );
  return stale.map(({ check }) => `${check ?? 'it'} passes`);
}

/** Why nothing can be said of a scenario whose checks are all right, if so. */
function untried(checks: readonly Check[], unreached: readonly string[]): string[] {
  const tried = checks.some(({ id, status }) => status === 'SUCCESS' && id !== ofEveryScenario);
  if (!tried) return ['nothing of its own was tried'];
  return unreached.map((name) => `${name} was not called`);
}

/**
 * Judges a scenario, stricter than the suite's own count: a warning is a failure (as it is for the
 * suite when there is a list of expected ones), and a scenario passes only when a check of its own was
 * tried and what it is about was reached. All else needs its reason on the list.
 */
export function judge({ scenario, checks = [], expected, unreached }: Evidence): Verdict {
  const skipped = idsOf(checks, 'SKIPPED');
  const verdict = (outcome: Outcome, why: readonly string[]): Verdict => ({
    scenario,
    outcome,
    why,
    skipped,
  });
  if (checks.length === 0) return verdict('failed', ['there is no result']);
  const failing = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
  const covers = (id: string) => expected.some(({ check }) => check === undefined || check === id);
  const surprising = failing.filter(({ id }) => !covers(id));
  if (surprising.length > 0) return verdict('failed', surprising.map(said));
  const stale = staleEntries(expected, checks, idsOf(checks, 'FAILURE', 'WARNING'));
  if (stale.length > 0) return verdict('stale', stale);
  const reasons = expected.map(({ reason }) => reason);
  if (failing.some(({ status }) => status === 'FAILURE')) return verdict('expected', reasons);
  const gaps = untried(checks, unreached);
  if (gaps.length > 0)
    return verdict(reasons.length > 0 ? 'untested' : 'failed', [...gaps, ...reasons]);
  return failing.length > 0 ? verdict('expected', reasons) : verdict('passed', []);
}
