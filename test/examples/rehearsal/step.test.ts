import t from 'tap';
import { createPlay, StepFailed, type StepResult, skip } from '../../../examples/rehearsal/step.ts';

const recorded = () => {
  const steps: StepResult[] = [];
  return { steps, play: createPlay((step) => steps.push(step)) };
};

t.test('a step gives its value and reports its line', async (t) => {
  const { steps, play } = recorded();
  t.equal(await play('token', async () => ({ value: 7, detail: 'seven' })), 7);
  t.match(steps, [{ id: 'token', outcome: 'passed', ms: Number, detail: 'seven' }]);
});

t.test('a skipped step says why and still gives a value', async (t) => {
  const { steps, play } = recorded();
  t.equal(await play('write', async () => skip('nothing', 'no tool')), 'nothing');
  t.match(steps, [{ id: 'write', outcome: 'skipped', detail: 'no tool' }]);
});

t.test(
  'a failed step reports what was expected, what came and the fix, and ends the play',
  async (t) => {
    const { steps, play } = recorded();
    const failure = { expected: 'a', came: 'b', fix: 'c' };
    const failing = play('read', async () => {
      throw new StepFailed(failure);
    });
    await t.rejects(failing, { message: 'b' });
    t.match(steps, [{ id: 'read', outcome: 'failed', ms: Number, ...failure }]);
  },
);

const failureOf = async (error: unknown) => {
  const { steps, play } = recorded();
  await play('read', async () => {
    throw error;
  }).catch(() => {});
  return steps[0];
};

t.test('an error nobody planned for becomes a failure', async (t) => {
  const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
  t.match(await failureOf(new TypeError('fetch failed', { cause: refused })), {
    came: 'fetch failed: ECONNREFUSED',
    fix: /Check that it runs/,
  });
  t.match(await failureOf(new Error('Unexpected content type: text/html')), { fix: /\/mcp/ });
  t.match(await failureOf(new Error('Invalid result for resources/read: [\n …')), {
    came: 'Invalid result for resources/read: [ …',
    fix: /not as MCP says/,
  });
  t.match(await failureOf('odd'), { came: 'odd', fix: /Nothing is known/ });
});
