import t from 'tap';
import { createLimit } from '../../../../examples/tenant/management/limit.ts';
import { emptyState } from '../../../../examples/tenant/state.ts';

t.test('a bucket of n, filled n times a second', async (t) => {
  const { faults } = emptyState();
  faults.rateLimitPerSecond = 2;
  const take = createLimit(faults);
  const at = (now: number) => take(now).granted;
  t.same([at(0), at(0), at(0)], [true, true, false]);
  t.same([at(499), at(500), at(500)], [false, true, false]);
  t.same([at(9000), at(9000), at(9000)], [true, true, false], 'never more than n at once');
  t.match(take(10_000).headers, {
    'x-ratelimit-limit': '2',
    'x-ratelimit-remaining': '1',
    'x-ratelimit-reset': '11',
  });
});

t.test('a new rate starts with a full bucket', async (t) => {
  const { faults } = emptyState();
  const take = createLimit(faults);
  t.ok(take(0).granted);
  faults.rateLimitPerSecond = 1;
  t.same([take(1).granted, take(1).granted], [true, false]);
  faults.rateLimitPerSecond = 0;
  t.ok(take(1).granted);
});
