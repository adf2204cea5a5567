import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type Line = Readonly<Record<string, unknown>>;

export interface GatewayProcess {
  /** Asks it to drain and waits for its end. */
  stop(): Promise<void>;
}

export interface GatewayStart {
  /** `src/main.ts`, or `dist/main.js` after a build. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  /** Told of each log line. */
  readonly onLine: (line: Line) => void;
}

/**
 * Starts the gateway as a process of its own, as a deployment does.
 * @throws when it ends before it listens; the message holds what it printed.
 */
export async function startGatewayProcess(start: GatewayStart): Promise<GatewayProcess> {
  const { PATH, NODE_OPTIONS, ...tapped } = process.env;
  const inherited = Object.fromEntries(
    Object.entries(tapped).filter(([name]) => /^(_?TAP|NODE_V8_COVERAGE)/.test(name)),
  );
  const child = spawn(process.execPath, [start.entry], {
    env: { PATH, NODE_OPTIONS, ...inherited, ...start.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const printed: string[] = [];
  createInterface(child.stderr).on('line', (line) => printed.push(line));
  const listening = new Promise<void>((resolve) => {
    createInterface(child.stdout).on('line', (text) => {
      const line: Line = JSON.parse(text);
      if (String(line['message']).startsWith('Server listening')) resolve();
      start.onLine(line);
    });
  });
  const early = ended.then(([code]) => {
    throw new Error(`the gateway ended with ${code}:\n${printed.join('\n')}`);
  });
  await Promise.race([listening, early]);
  early.catch(() => {});
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
