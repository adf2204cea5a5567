import t from 'tap';
import { readCommand, usage } from '../../src/clients/command-line.ts';

const plain = { json: false, dryRun: false };
const known: [line: string, wanted: object][] = [
  ['list', { name: 'list', ...plain }],
  ['list --json', { name: 'list', json: true, dryRun: false }],
  ['--dry-run sweep', { name: 'sweep', json: false, dryRun: true }],
  ['retire --dry-run --json', { name: 'retire', json: true, dryRun: true }],
  ['show tpc_1', { name: 'show', id: 'tpc_1', ...plain }],
  ['promote tpc_1', { name: 'promote', id: 'tpc_1', ...plain }],
  ['pin tpc_1 keep', { name: 'pin', id: 'tpc_1', pin: 'keep', ...plain }],
  ['pin tpc_1 none', { name: 'pin', id: 'tpc_1', pin: undefined, ...plain }],
  ['cimd import chatgpt', { name: 'import', of: 'chatgpt', ...plain }],
];
for (const [line, wanted] of known) {
  t.test(line, async (t) => {
    t.strictSame(readCommand(line.split(' ')), wanted);
    const words = line.split(' ').filter((word) => /^[a-z]+$/.test(word));
    t.ok(
      words.some((word) => usage.includes(`  ${word}`)),
      'and the usage tells of it',
    );
  });
}

const unknown = [
  'help',
  'toString',
  'list all',
  'list --all',
  'show',
  'show a b',
  'pin',
  'pin a',
  'pin a forever',
  'pin a toString',
  'pin a keep b',
  'cimd',
  'cimd export chatgpt',
  'cimd import',
  'cimd import cursor',
  'cimd import chatgpt claude',
];
t.test('what is not understood', async (t) => {
  for (const line of unknown) t.equal(readCommand(line.split(' ')), undefined, line);
  t.equal(readCommand([]), undefined);
});
