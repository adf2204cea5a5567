import type { Expected } from './expected.ts';
import { type Check, judge, type Verdict } from './judge.ts';
import { unreached } from './reach.ts';
import type { Requirements } from './requirements.ts';
import type { Stand } from './stand.ts';
import { runSuite } from './suite.ts';

/** What one run of the suite came to. */
export interface Report {
  readonly revision: string;
  /** As the suite counts: a scenario of the required ones without a failed check has passed. */
  readonly suite: {
    readonly passed: number;
    readonly of: number;
    /** Checks of the required scenarios that are right, and wrong. */
    readonly right: number;
    readonly wrong: number;
    /** Its last line: checks of all scenarios, also of those it does not score. */
    readonly total: string;
    readonly code: number | null;
  };
  readonly required: readonly Verdict[];
  readonly notScored: readonly (Verdict & { readonly label: string })[];
  /** All the suite printed. */
  readonly output: string;
}

/** Runs the suite against the stand at one revision, and judges every scenario of it. */
export async function runRevision(
  stand: Stand,
  { revision, required, notScored }: Requirements,
  list: { readonly file?: string; readonly entries: readonly Expected[] },
): Promise<Report> {
  stand.taken();
  const { url } = stand;
  const expectedFailures = list.file === undefined ? {} : { expectedFailures: list.file };
  const { output, code, checks } = await runSuite({ url, revision, ...expectedFailures });
  const asked = stand.taken();
  const verdictOf = (scenario: string): Verdict =>
    judge({
      scenario,
      checks: checks.get(scenario),
      expected: list.entries.filter((entry) => entry.scenario === scenario),
      unreached: unreached(scenario, asked),
    });
  const passes = (scenario: string): boolean =>
    checks.get(scenario)?.every(({ status }) => status !== 'FAILURE') ?? false;
  const countOf = (wanted: Check['status']): number =>
    required
      .flatMap((scenario) => checks.get(scenario) ?? [])
      .filter(({ status }) => status === wanted).length;
  const total = /^Total: .*$/m.exec(output)?.[0] ?? 'It printed no total.';
  return {
    revision,
    suite: {
      passed: required.filter(passes).length,
      of: required.length,
      right: countOf('SUCCESS'),
      wrong: countOf('FAILURE'),
      total,
      code,
    },
    required: required.map(verdictOf),
    notScored: [...notScored].map(([scenario, label]) => ({ ...verdictOf(scenario), label })),
    output,
  };
}

/** Nothing fails that may not, nothing passes that was said to fail, and the suite agrees. */
export const isGood = ({ suite, required, notScored }: Report): boolean =>
  suite.code === 0 &&
  [...required, ...notScored].every(({ outcome }) => outcome !== 'failed' && outcome !== 'stale');
