import t from 'tap';
import { formatStep, formatSummary, summarize } from '../../../examples/rehearsal/print.ts';
import type { StepResult } from '../../../examples/rehearsal/step.ts';

const passed: StepResult = { id: 'token', outcome: 'passed', ms: 12, detail: 'scope a' };
const skipped: StepResult = { id: 'write', outcome: 'skipped', ms: 0, detail: 'no tool' };
const failed: StepResult = {
  id: 'promotion',
  outcome: 'failed',
  ms: 20_040,
  expected: 'a login page',
  came: 'two\nlines',
  fix: `${'word '.repeat(20)}${'x'.repeat(100)} end`,
};

t.test('a step is one line with its time', async (t) => {
  t.equal(formatStep(passed, false), 'ok   token                12 ms  scope a\n');
  t.equal(formatStep(skipped, false), 'skip write                 0 ms  no tool\n');
  t.equal(
    formatStep(passed, true),
    `\u001b[32mok  \u001b[39m token                12 ms  scope a\n`,
  );
});

t.test('a failed step says what was expected, what came and what to do', async (t) => {
  t.equal(
    formatStep(failed, false),
    `FAIL promotion           20.0 s
     expected  a login page
     came      two
               lines
     fix       ${'word '.repeat(18).trim()}
               word word
               ${'x'.repeat(100)}
               end
`,
  );
});

t.test('an empty text is shown as empty', async (t) => {
  t.match(formatStep({ ...failed, came: '' }, false), /\n {5}came {6}\n/);
});

t.test('the whole is one line, or one object', async (t) => {
  const good = { ok: true, steps: [passed, skipped] };
  const bad = { ok: false, steps: [passed, failed] };
  t.match(formatSummary(good), /went through in 12 ms/);
  t.match(formatSummary(bad), /Stopped at promotion after 20\.1 s/);
  const url = 'https://g.example/mcp';
  const all = { summary: true, url, steps: 2 };
  t.strictSame(summarize(url, good), { ...all, ok: true, failed: null, ms: 12 });
  t.strictSame(summarize(url, bad), { ...all, ok: false, failed: 'promotion', ms: 20_052 });
});
