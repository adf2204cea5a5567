import { createAuth0 } from './clients/auth0.ts';
import { createCommands } from './clients/command.ts';
import { readCommand, usage } from './clients/command-line.ts';
import { createKeeper } from './clients/keeper.ts';
import { exitConfig, readEnvironment } from './environment.ts';
import { createLog } from './observe/log.ts';

/** EX_USAGE of sysexits(3). */
const exitUsage = 64;

/** Nobody scrapes a command. */
const nothing = (): void => {};
const metrics = {
  clientOutcome: nothing,
  delivery: nothing,
  sweep: nothing,
  retired: nothing,
  quota: nothing,
  dcr: nothing,
  foreign: nothing,
};

function fail(text: string, code: number): void {
  process.stderr.write(text);
  process.exitCode = code;
}

/** The answer goes to standard output; warnings and what is deleted, as log lines, to standard error. */
async function start(): Promise<void> {
  const command = readCommand(process.argv.slice(2));
  if (!command) return fail(usage, exitUsage);
  const environment = readEnvironment(process.env);
  if ('problems' in environment) return fail(environment.problems, exitConfig);
  const { config, catalog } = environment;
  const { management } = config;
  if (!management) {
    return fail(
      'Promotion is off: set MGMT_DOMAIN, MGMT_CLIENT_ID, MGMT_CLIENT_SECRET.\n',
      exitConfig,
    );
  }
  const now = Date.now;
  const { dryRun } = command;
  const log = createLog('warn', process.stderr);
  const parts = { config, catalog, log, metrics, now, dryRun };
  const keeper = createKeeper(createAuth0(management), parts);
  const run = createCommands({ config, catalog, keeper, now });
  const { json, text, code } = await run(command);
  process.stdout.write(command.json ? `${JSON.stringify(json, undefined, 2)}\n` : text);
  process.exitCode = code;
}

await start();
