import t from 'tap';
import type { Expected } from './expected.ts';
import { type Check, type Evidence, judge } from './judge.ts';

const check = (id: string, status: Check['status'], errorMessage?: string): Check => ({
  id,
  status,
  ...(errorMessage === undefined ? {} : { errorMessage }),
});

const wire = check('wire-schema-valid', 'SUCCESS');
const whole: Expected = { scenario: 'it', reason: 'not offered' };
const one: Expected = { scenario: 'it', check: 'second', reason: 'of no use here' };

const outcome = (checks: Evidence['checks'], more: Partial<Evidence> = {}) =>
  judge({ scenario: 'it', checks, expected: [], unreached: [], ...more });

t.test('a scenario passes when something of its own was tried and is right', async (t) => {
  t.match(outcome([check('first', 'SUCCESS'), wire]), {
    outcome: 'passed',
    why: { length: 0 },
    skipped: { length: 0 },
  });
});

t.test('what was left out of a scenario that passes is told', async (t) => {
  const got = outcome([check('first', 'SUCCESS'), check('second', 'SKIPPED'), wire]);
  t.match(got, { outcome: 'passed', skipped: ['second'] });
});

t.test('nothing of its own tried is no pass, and needs a reason on the list', async (t) => {
  const why = ['nothing of its own was tried'];
  t.match(outcome([wire]), { outcome: 'failed', why });
  t.match(outcome([check('second', 'INFO'), wire]), { outcome: 'failed', why });
  t.match(outcome([check('second', 'INFO'), wire], { expected: [one] }), {
    outcome: 'untested',
    why: [...why, 'of no use here'],
  });
  t.match(outcome([check('second', 'SKIPPED'), wire], { expected: [one] }), {
    outcome: 'untested',
    skipped: ['second'],
  });
});

t.test('a fixture nobody called for is no pass, whatever the checks say', async (t) => {
  const got = outcome([check('first', 'SUCCESS')], { unreached: ['test_tool'] });
  t.match(got, { outcome: 'failed', why: ['test_tool was not called'] });
});

t.test('a failure or a warning that is not on the list fails', async (t) => {
  const failed = outcome([
    check('first', 'SUCCESS'),
    check('second', 'FAILURE', 'Expected\n  400'),
  ]);
  t.match(failed, { outcome: 'failed', why: ['second: Expected 400'] });
  t.match(outcome([check('first', 'WARNING')]), {
    outcome: 'failed',
    why: ['first: says no more'],
  });
  t.match(outcome([check('first', 'SUCCESS'), check('wire-schema-valid', 'FAILURE')]), {
    outcome: 'failed',
  });
});

t.test('no result fails', async (t) => {
  t.match(outcome(undefined), { outcome: 'failed', why: ['there is no result'] });
  t.match(outcome([]), { outcome: 'failed' });
});

t.test('a scenario on the list may fail, and is stale once it passes', async (t) => {
  const expected = [whole];
  t.match(outcome([check('first', 'FAILURE')], { expected }), {
    outcome: 'expected',
    why: ['not offered'],
  });
  t.match(outcome([check('first', 'SUCCESS')], { expected }), {
    outcome: 'stale',
    why: ['it passes'],
  });
});

t.test('a check on the list excuses itself alone', async (t) => {
  const expected = [one];
  const right = check('first', 'SUCCESS');
  t.match(outcome([right, check('second', 'FAILURE')], { expected }), { outcome: 'expected' });
  t.match(outcome([right, check('second', 'WARNING')], { expected }), { outcome: 'expected' });
  t.match(outcome([check('first', 'FAILURE'), check('second', 'FAILURE')], { expected }), {
    outcome: 'failed',
    why: ['first: says no more'],
  });
  t.match(outcome([right, check('second', 'SUCCESS')], { expected }), {
    outcome: 'stale',
    why: ['second passes'],
  });
  t.match(outcome([right], { expected }), { outcome: 'passed' }, 'not met, as at another revision');
  t.match(outcome([right, check('second', 'SUCCESS'), check('second', 'FAILURE')], { expected }), {
    outcome: 'expected',
  });
});

t.test('a warning that is on the list and all there is, is not counted', async (t) => {
  t.match(outcome([check('second', 'WARNING'), wire], { expected: [one] }), {
    outcome: 'untested',
    why: ['nothing of its own was tried', 'of no use here'],
  });
});
