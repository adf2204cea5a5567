import t from 'tap';
import { isSecret } from '../../src/clients/secret.ts';

const rows: [header: string | undefined, secrets: string[], wanted: boolean][] = [
  ['Bearer x', ['x'], true],
  ['x', ['x'], true],
  ['bearer  x', ['x'], true],
  ['Bearer x', ['Bearer x'], true],
  ['x', ['Bearer x'], true],
  ['old', ['new', 'old'], true],
  ['new', ['new', 'old'], true],
  ['older', ['new', 'old'], false],
  ['Bearer', ['x'], false],
  ['Basic x', ['x'], false],
  ['X', ['x'], false],
  ['', ['x'], false],
  [undefined, ['x'], false],
  ['x', [], false],
  [undefined, [], false],
];

for (const [header, secrets, wanted] of rows) {
  t.equal(isSecret(header, secrets), wanted, `${header} of ${secrets.join(' and ')}`);
}
