import { readFileSync } from 'node:fs';
import t from 'tap';
import { codes } from '../src/mcp/protocol/message.ts';
import { settings } from '../src/settings.ts';

const readme = readFileSync('README.md', 'utf8');
const gate = readFileSync('.ci/run', 'utf8');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};

/** Where each command of the README is run. */
const proofs: Readonly<Record<string, { file: string; runs: RegExp }>> = {
  'npm ci': { file: '.ci/run', runs: /^npm ci$/m },
  'npm test': { file: '.ci/run', runs: /^quietly npm test$/m },
  'npm run demo -- --once': { file: '.ci/run', runs: /^npm run demo -- --once/m },
  'npm run conformance': { file: '.ci/run', runs: /^npm run conformance$/m },
  'npm run build': { file: '.ci/run', runs: /^npm run build$/m },
  'npm start': { file: '.ci/run', runs: /--entry dist\/main\.js/ },
  'npm run rehearse -- http://localhost:8080/mcp': {
    file: 'test/examples/rehearsal/main.test.ts',
    runs: /examples\/rehearsal\/main\.ts/,
  },
  'npm run clients -- list': {
    file: 'test/clients-main.test.ts',
    runs: /src\/clients-main\.ts/,
  },
  'npm run tenant': {
    file: 'test/examples/tenant/main.test.ts',
    runs: /examples\/tenant\/main\.ts/,
  },
};

t.test('the README stays a README: at most 150 lines', async (t) => {
  t.ok(readme.split('\n').length <= 151);
});

t.test('every command of the README is run by a test or by the gate', async (t) => {
  const commands = [...readme.matchAll(/```bash\n([\s\S]*?)```/g)]
    .flatMap(([, block = '']) => block.trim().split('\n'))
    .flatMap((line) => line.split(' && '));
  t.ok(commands.length > 5);
  for (const command of commands) {
    const proof = proofs[command];
    if (!proof) {
      t.fail(`nothing runs: ${command}`);
      continue;
    }
    t.match(readFileSync(proof.file, 'utf8'), proof.runs, command);
    const script = /^npm (?:run )?(?!ci)([a-z]+)/.exec(command)?.[1];
    if (script) t.ok(manifest.scripts[script], `package.json has the script ${script}`);
  }
});

t.test('every setting the README names exists, and every file it links to', async (t) => {
  const section = readme.slice(readme.indexOf('## Settings'), readme.indexOf('## Deploy'));
  const names = [...section.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name = '']) => name);
  t.ok(names.length > 10);
  for (const name of names) t.ok(name in settings, name);
  for (const [, file = ''] of readme.matchAll(/\]\(([^)#]+)\)/g)) {
    t.doesNotThrow(() => readFileSync(file), file);
  }
});

t.test('every error of MCP the README names is one of the door', async (t) => {
  const named = [...readme.matchAll(/`(-32\d{3})`/g)].map(([, code]) => Number(code));
  t.same(new Set(named), new Set([codes.headerMismatch, codes.missingCapability]));
});

t.test('the gate ends with the line that counts the tests', async (t) => {
  t.match(gate, /passed, %s failed/);
});
