import t from 'tap';
import { createLanes } from '../../src/clients/lanes.ts';

t.test('so many at a time, in their order, and a failure frees its lane', async (t) => {
  const inLane = createLanes(2);
  const said: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const work = (name: string) => {
    const end = Promise.withResolvers<void>();
    ends.set(name, end);
    return inLane(async () => {
      said.push(name);
      await end.promise;
      return name;
    });
  };
  const all = ['a', 'b', 'c', 'd'].map(work);
  const [, b, c, d] = all;
  t.strictSame(said, ['a', 'b']);
  ends.get('a')?.reject(new Error('a fails'));
  await t.rejects(Promise.race(all), /a fails/);
  await new Promise(setImmediate);
  t.strictSame(said, ['a', 'b', 'c']);
  for (const name of ['b', 'c', 'd']) ends.get(name)?.resolve();
  t.strictSame(await Promise.all([b, c, d]), ['b', 'c', 'd']);
  const late = work('e');
  ends.get('e')?.resolve();
  t.equal(await late, 'e', 'and lanes are free again');
});
