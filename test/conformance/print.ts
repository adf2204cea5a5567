import type { Outcome, Verdict } from './judge.ts';
import type { Report } from './revision.ts';

const words: Readonly<Record<Outcome, string>> = {
  passed: 'passed',
  expected: 'failed as expected',
  failed: 'FAILED',
  stale: 'STALE: on the list, and passes',
  untested: 'not counted',
};

const count = (verdicts: readonly Verdict[], outcome: Outcome): number =>
  verdicts.filter((verdict) => verdict.outcome === outcome).length;

const tally = (verdicts: readonly Verdict[]): string =>
  [
    `${count(verdicts, 'passed')} passed`,
    `${count(verdicts, 'expected')} failed as expected`,
    `${count(verdicts, 'failed')} failed unexpectedly`,
    `${count(verdicts, 'untested')} not counted`,
    `${count(verdicts, 'stale')} stale`,
  ].join(', ');

function lines({ scenario, outcome, why, skipped }: Verdict, label = ''): string[] {
  const left = skipped.map((id) => `      left out: ${id}`);
  if (outcome === 'passed')
    return left.length > 0 ? [`  ${scenario}${label}: passed`, ...left] : [];
  return [`  ${scenario}${label}: ${words[outcome]}`, ...why.map((what) => `      ${what}`)];
}

/** A report for people: the suite's totals, ours, and every scenario that is not plainly passed. */
export function print({ revision, suite, required, notScored }: Report): string {
  const code = suite.code === null ? 'did not end in time' : `exit code ${suite.code}`;
  return [
    `${revision}`,
    `  the suite: ${suite.passed} of ${suite.of} required scenarios passed (${code})`,
    `  their checks: ${suite.right} right, ${suite.wrong} wrong; with those of scenarios it does not score: ${suite.total}`,
    `  counted strictly: ${tally(required)}`,
    ...required.flatMap((verdict) => lines(verdict)),
    `  run and not scored: ${tally(notScored)}`,
    ...notScored.flatMap((verdict) => lines(verdict, ` (${verdict.label})`)),
    '',
  ].join('\n');
}
