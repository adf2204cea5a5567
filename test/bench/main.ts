import { parseArgs } from 'node:util';
import { type Measured, measureDoors } from './doors.ts';

/**
 * `node test/bench/main.ts [--calls 3000] [--rounds 7]`: what a call costs the gateway through each
 * door, in CPU of its process. Loopback only; ends by itself.
 */
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '7' },
  },
});

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Against REST of the same round: what the machine did else in that minute cancels out. */
function line({ name, micros }: Measured, rest: Measured): string {
  const more = micros.map((one, round) => one - (rest.micros[round] ?? Number.NaN));
  const ratio = micros.map((one, round) => one / (rest.micros[round] ?? Number.NaN));
  const figures = [median(micros), median(more)].map((one) => one.toFixed(1).padStart(10));
  return `${name.padEnd(18)}${figures.join('')}${median(ratio).toFixed(3).padStart(10)}\n`;
}

const acts: (() => unknown)[] = [];
try {
  const t = { teardown: (act: () => unknown) => acts.unshift(act) };
  const measured = await measureDoors(t, Number(values.calls), Number(values.rounds));
  const [rest] = measured;
  process.stdout.write(`${'µs of CPU a call'.padEnd(18)}    median over REST     ratio\n`);
  for (const one of measured) if (rest) process.stdout.write(line(one, rest));
} finally {
  for (const act of acts) await act();
}
