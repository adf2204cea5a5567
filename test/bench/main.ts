import { parseArgs } from 'node:util';
import { type Measured, measureDoors } from './doors.ts';

/**
 * `node test/bench/main.ts [--calls 3000] [--rounds 7] [--bare]`: what a call costs the gateway through each
 * door, in CPU of its process. `--bare`: without output schemas. Loopback only; ends by itself.
 */
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '7' },
    bare: { type: 'boolean', default: false },
  },
});

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/**
 * Against REST of the same round, so that what the machine did else in that minute cancels out; and
 * the least of all rounds, which it did least to.
 */
function line({ name, micros }: Measured, rest: Measured): string {
  const more = micros.map((one, round) => one - (rest.micros[round] ?? Number.NaN));
  const ratio = micros.map((one, round) => one / (rest.micros[round] ?? Number.NaN));
  const least = Math.min(...micros);
  const figures = [median(micros), median(more), least, least - Math.min(...rest.micros)];
  const columns = figures.map((one) => one.toFixed(1).padStart(12));
  return `${name.padEnd(18)}${columns.join('')}${median(ratio).toFixed(3).padStart(10)}\n`;
}

const acts: (() => unknown)[] = [];
try {
  const t = { teardown: (act: () => unknown) => acts.unshift(act) };
  const measured = await measureDoors(t, Number(values.calls), Number(values.rounds), !values.bare);
  const [rest] = measured;
  const heads = ['median', 'over REST', 'least', 'over REST'].map((head) => head.padStart(12));
  process.stdout.write(`${'µs of CPU a call'.padEnd(18)}${heads.join('')}     ratio\n`);
  for (const one of measured) if (rest) process.stdout.write(line(one, rest));
} finally {
  for (const act of acts) await act();
}
