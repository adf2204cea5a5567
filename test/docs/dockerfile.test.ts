import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import t from 'tap';
import { settings } from '../../src/settings.ts';
import { readAllowed, readCopy, readExec, readStages, textsOf } from './read-dockerfile.ts';

const stages = readStages('Dockerfile');
const [build, runtime] = stages;
const allowed = readAllowed('.dockerignore');

t.test('the linter has nothing to say', async (t) => {
  t.same(validate(readFileSync('Dockerfile', 'utf8')), []);
  t.match(validate('FROM node:24-slim\nRUNX a\n'), [{ message: 'Unknown instruction: RUNX' }]);
});

t.test('one stage compiles, the last one runs, both on the same Node.js', async (t) => {
  t.equal(stages.length, 2);
  t.same(
    stages.map(({ from }) => from),
    ['node:24-slim', 'node:24-slim'],
  );
  t.equal(build?.name, 'build');
});

t.test(
  'the image runs as an ordinary user, in production, and says so after the last copy',
  async (t) => {
    const names = runtime?.instructions.map(({ name }) => name) ?? [];
    t.ok(names.lastIndexOf('USER') > names.lastIndexOf('COPY'));
    t.ok(names.lastIndexOf('USER') > names.lastIndexOf('RUN'));
    t.same(runtime && textsOf(runtime, 'USER'), ['node']);
    t.same(runtime && textsOf(runtime, 'ENV'), ['NODE_ENV=production']);
  },
);

t.test(
  'the runtime stage holds production dependencies only, exactly those of the lock file',
  async (t) => {
    t.same(runtime && textsOf(runtime, 'RUN'), [
      'npm ci --omit=dev --ignore-scripts && npm cache clean --force',
    ]);
  },
);

t.test(
  'no production dependency has an install script that --ignore-scripts would leave out',
  async (t) => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    const packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }> = lock.packages;
    const left = Object.entries(packages).filter(([, one]) => one.hasInstallScript && !one.dev);
    t.same(left, []);
  },
);

t.test('everything that is copied exists and is let through by .dockerignore', async (t) => {
  for (const stage of stages) {
    for (const { from, sources } of textsOf(stage, 'COPY').map(readCopy)) {
      if (from !== undefined) {
        t.ok(stages.some(({ name }) => name === from));
        continue;
      }
      for (const source of sources) {
        t.ok(existsSync(source), source);
        t.ok(allowed.includes(source), source);
      }
    }
  }
});

t.test('.dockerignore lets through what is copied and nothing else', async (t) => {
  const copied = stages.flatMap((stage) => textsOf(stage, 'COPY').map(readCopy));
  const sources = copied.filter(({ from }) => from === undefined).flatMap((copy) => copy.sources);
  t.same([...new Set(sources)].sort(), [...allowed].sort());
});

t.test('a .dockerignore of another form is not misread', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dockerignore-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, '.dockerignore');
  for (const text of ['node_modules\n', '*\n!src/**\n', '*\n!src\nsrc/x\n']) {
    writeFileSync(path, text);
    t.throws(() => readAllowed(path), /no list of exceptions/);
  }
});

t.test('no setting but NODE_ENV is fixed in the image, no secret least of all', async (t) => {
  const text = readFileSync('Dockerfile', 'utf8').replace(/^\s*#.*\n/gm, '');
  t.notMatch(text, /^ARG\b/m);
  const fixed = stages.flatMap((stage) => textsOf(stage, 'ENV')).map((pair) => pair.split('=')[0]);
  const known = Object.keys(settings).filter((name) => fixed.includes(name));
  t.same(known, ['NODE_ENV']);
});

t.test('Node itself is process 1 and the port is the default one', async (t) => {
  const [command = ''] = runtime ? textsOf(runtime, 'CMD') : [];
  t.same(readExec(command), ['node', 'dist/main.js']);
  t.same(runtime && textsOf(runtime, 'EXPOSE'), [settings.PORT.unset]);
});

t.test('the health check asks /health/live at the port that is set', async (t) => {
  const [check = ''] = runtime ? textsOf(runtime, 'HEALTHCHECK') : [];
  const [node, flag, script = ''] = readExec(check);
  t.same([node, flag], ['node', '-e']);
  t.match(script, /process\.env\.PORT \|\| 8080/);
  t.match(script, '/health/live');
  t.doesNotThrow(() => execFileSync(process.execPath, ['--check', '-'], { input: script }));
});
