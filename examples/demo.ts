import { parseArgs } from 'node:util';
import { playDemo } from './demo/play.ts';

const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    entry: { type: 'string', default: 'src/main.ts' },
    user: { type: 'string', default: 'alice@example.com' },
    'any-port': { type: 'boolean', default: false },
  },
});

process.exitCode = await playDemo({
  once: values.once,
  entry: values.entry,
  user: values.user,
  anyPort: values['any-port'],
  write: (text) => void process.stdout.write(text),
  untilStopped: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    }),
});
