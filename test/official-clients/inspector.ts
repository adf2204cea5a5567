import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';

export interface Inspected {
  readonly code: number | null;
  /** What it wrote to stdout, else to stderr: one JSON object each. */
  readonly said: unknown;
}

/** Longest a run may take, in milliseconds; one takes about a second. */
const timeout = 40_000;

/**
 * Runs the Inspector's command line against a URL, in a home of its own: what it stores of other
 * servers is neither read nor changed.
 */
export async function inspect(t: Test, url: string, args: readonly string[]): Promise<Inspected> {
  const argv = ['--cli', url, '--transport', 'http', '--stored-auth-only', '--format', 'json'];
  const child = spawn(process.execPath, ['node_modules/.bin/mcp-inspector', ...argv, ...args], {
    env: { PATH: process.env['PATH'], HOME: t.testdir({}) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, said: JSON.parse(out.trim() || err) };
}
