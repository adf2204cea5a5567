import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { startWorld } from '../../world.ts';
import { mcp, serve } from './serve.ts';

const run = async (argv: string[], typed = '') => {
  const child = spawn(process.execPath, ['examples/rehearsal/main.ts', ...argv]);
  child.stdin.end(typed);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on('exit', resolve)),
  ]);
  return { out, err, code };
};

t.test('help is printed', async (t) => {
  t.match(await run(['--help']), { code: 0, out: /npm run rehearse/, err: '' });
});

t.test('wrong use is told with the help and ends with 2', async (t) => {
  t.match(await run(['nowhere']), {
    code: 2,
    out: '',
    err: /nowhere is not a URL[\s\S]*--scope/,
  });
});

t.test('a gateway that fails ends with 1, as lines and as JSON', async (t) => {
  const url = `${await serve(t, mcp({ tools: [] }))}/mcp`;
  const lines = await run([url]);
  t.match(lines, { code: 1, out: /^FAIL challenge .*\n {5}expected [\s\S]*Stopped at challenge/ });
  const { code, out } = await run([url, '--json']);
  t.equal(code, 1);
  t.match(
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      { id: 'challenge', outcome: 'failed', expected: String, came: String, fix: String },
      { summary: true, ok: false, url, failed: 'challenge' },
    ],
  );
});

t.test('a gateway that works ends with 0', async (t) => {
  const { gateway } = await startWorld(t);
  const { code, out, err } = await run([gateway.url, '--json']);
  t.equal(code, 0, err);
  const steps = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.match(steps.at(-1), { summary: true, ok: true, steps: 15, failed: null });
});
