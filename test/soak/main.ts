import { parseArgs } from 'node:util';
import { soak } from './soak.ts';
import { table } from './tally.ts';

/**
 * `node test/soak/main.ts [--seconds 600] [--rate 60]`: mixed good, bad and slow traffic against a
 * real gateway process on loopback. Prints a table; exit code 1 when an answer was wrong.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    rate: { type: 'string', default: '60' },
  },
});

const report = await soak({ seconds: Number(values.seconds), rate: Number(values.rate) });
process.stdout.write(table(report));
for (const what of report.tally.wrong) process.stderr.write(`wrong: ${what}\n`);
process.exitCode = report.tally.wrongs > 0 ? 1 : 0;
