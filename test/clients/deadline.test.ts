import t from 'tap';
import { within } from '../../src/clients/deadline.ts';

t.test('what is done in time ends the wait', async (t) => {
  t.ok(await within(60_000, Promise.resolve()), 'and leaves no timer');
});

t.test('what takes longer is left alone', async (t) => {
  let done = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  const work = promise.then(() => {
    done = true;
  });
  t.notOk(await within(1, work));
  t.notOk(done);
  resolve();
  await work;
  t.ok(done);
});
