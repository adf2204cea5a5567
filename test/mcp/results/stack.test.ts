import t from 'tap';
import { withoutStack } from '../../../src/mcp/results/stack.ts';
import { business } from './business-sentences.ts';
import { harmless, stacks } from './failure-samples.ts';
import { hostile } from './hostile-texts.ts';

t.test('a text ends where a stack begins', async (t) => {
  for (const [kept, text] of stacks) t.equal(withoutStack(text).trim(), kept, text);
});

t.test('what only looks like one stays', async (t) => {
  const others = [
    'Choose:\nat 10.30 (noon)\nat reception (floor.b:12)',
    'Look in room:12 at noon:30',
  ];
  for (const text of [...business, ...harmless, ...others]) t.equal(withoutStack(text), text);
});

t.test('no text takes long', async (t) => {
  withoutStack('warm');
  for (const text of hostile) {
    const before = process.cpuUsage();
    withoutStack(text);
    const { user } = process.cpuUsage(before);
    t.ok(user < 100_000, `${JSON.stringify(text.slice(0, 12))}: ${user} microseconds`);
  }
});
