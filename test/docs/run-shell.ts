import { execFile } from 'node:child_process';

const needsCurl = `command -v curl >/dev/null || { echo 'curl is not installed' >&2; exit 1; }`;

/**
 * Runs commands as a person would, in bash with `variables` set; gives what they print.
 * @throws when a command fails or prints to standard error, and when curl is missing.
 */
export function runShell(
  commands: string,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const args = ['--norc', '-euo', 'pipefail', '-c', `${needsCurl}\n${commands}`];
  const env = { PATH: process.env['PATH'], ...variables };
  return new Promise((resolve, reject) => {
    execFile('/bin/bash', args, { env }, (error, out, complaints) => {
      if (error || complaints !== '') reject(new Error(`${commands}\n${complaints}`));
      else resolve(out);
    });
  });
}
