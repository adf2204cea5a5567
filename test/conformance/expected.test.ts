import { readFileSync } from 'node:fs';
import t from 'tap';
import { parseExpected, unknown } from './expected.ts';
import { readRequirements } from './requirements.ts';

t.test('an entry is a scenario or a check of one, with its reason beside it', async (t) => {
  t.same(
    parseExpected(
      'server:\n  # of old\n  - first # not offered\n  - second:its-check # nor this\n',
    ),
    [
      { scenario: 'first', reason: 'not offered' },
      { scenario: 'second', check: 'its-check', reason: 'nor this' },
    ],
  );
});

t.test('an entry without a reason is refused, and so is what is no list', async (t) => {
  t.throws(() => parseExpected('server:\n  - first\n'), /first stands there without a reason/);
  t.throws(() => parseExpected('server:\n  - first: check # spaced\n'), /is no scenario/);
  t.throws(() => parseExpected('client: []\n'), /has no server/);
});

t.test('every entry of ours is about a scenario that is run', async (t) => {
  const entries = parseExpected(readFileSync('test/conformance/expected-failures.yml', 'utf8'));
  const revisions = ['2025-11-25', '2026-07-28'].map(readRequirements);
  t.same(unknown(entries, revisions), []);
  const invented = { scenario: 'tools-call-singing', reason: 'an invention' };
  t.same(unknown([...entries, invented], revisions), [invented]);
});

t.test('nothing the newest revision requires is expected to fail', async (t) => {
  const entries = parseExpected(readFileSync('test/conformance/expected-failures.yml', 'utf8'));
  const { required } = readRequirements('2026-07-28');
  const hidden = entries.filter(({ scenario, check }) => !check && required.includes(scenario));
  t.same(hidden, []);
});
