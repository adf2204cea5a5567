import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Check } from './judge.ts';
import { suite } from './requirements.ts';

export interface SuiteRun {
  /** All it printed. */
  readonly output: string;
  /** Its exit code; null = it did not end in time. */
  readonly code: number | null;
  readonly checks: ReadonlyMap<string, readonly Check[]>;
}

export interface SuiteOptions {
  readonly url: string;
  readonly revision: string;
  /** File of the failures it is to expect. */
  readonly expectedFailures?: string;
}

/** It takes a few seconds; one that hangs is ended. */
const mostMs = 60_000;

/** server-NAME-2026-11-21T09-00-00-000Z */
const folder = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/;

function readChecks(directory: string): Map<string, readonly Check[]> {
  const checks = new Map<string, readonly Check[]>();
  for (const name of readdirSync(directory)) {
    const [, scenario] = folder.exec(name) ?? [];
    if (scenario === undefined) continue;
    checks.set(scenario, JSON.parse(readFileSync(join(directory, name, 'checks.json'), 'utf8')));
  }
  return checks;
}

/** Runs the installed suite against a server, at the wire and with the scenarios of one revision. */
export async function runSuite(options: SuiteOptions): Promise<SuiteRun> {
  const { url, revision, expectedFailures } = options;
  const directory = mkdtempSync(join(tmpdir(), 'conformance-'));
  try {
    const args = ['--url', url, '--requirements', revision, '--output-dir', directory];
    if (expectedFailures !== undefined) args.push('--expected-failures', expectedFailures);
    args.push('--timeout', '15000');
    const child = spawn(process.execPath, [`${suite}/dist/index.js`, 'server', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: mostMs,
      killSignal: 'SIGKILL',
    });
    const closed = once(child, 'close');
    const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await closed;
    return { output: out + errors, code, checks: readChecks(directory) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
