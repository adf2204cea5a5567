import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseExpected } from './expected.ts';
import { setPlainStand } from './plain-server.ts';
import { print } from './print.ts';
import { readRequirements } from './requirements.ts';
import { isGood, type Report, runRevision } from './revision.ts';
import { setStand } from './stand.ts';

/**
 * `node test/conformance/main.ts [--plain] [--verbose] [REVISION...]`: the official conformance suite
 * against a real gateway, at 2025-11-25 and 2026-07-28. Exit code 1 when a scenario fails that is not
 * in expected-failures.yml, or passes and is. `--plain` judges the same fixtures on a server of the
 * official SDK instead, where nothing is expected; `--verbose` adds all the suite says.
 */
const { values, positionals } = parseArgs({
  options: {
    plain: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const revisions = positionals.length > 0 ? positionals : ['2025-11-25', '2026-07-28'];
const file = 'test/conformance/expected-failures.yml';
const list = values.plain
  ? { entries: [] }
  : { file, entries: parseExpected(readFileSync(file, 'utf8')) };

const ends: (() => unknown)[] = [];
const t = { teardown: (act: () => unknown) => ends.push(act) };
const reports: Report[] = [];
try {
  const stand = await (values.plain ? setPlainStand(t) : setStand(t));
  for (const revision of revisions) {
    const report = await runRevision(stand, readRequirements(revision), list);
    if (values.verbose) process.stdout.write(report.output);
    process.stdout.write(print(report));
    reports.push(report);
  }
} finally {
  for (const act of ends) act();
}
// A comparison has nothing to live up to.
process.exitCode = values.plain || reports.every(isGood) ? 0 : 1;
