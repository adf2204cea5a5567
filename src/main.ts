import closeWithGrace from 'close-with-grace';
import type { Logger } from 'pino';
import { buildApp } from './app.ts';
import { warnings } from './config.ts';
import { exitConfig, readEnvironment } from './environment.ts';
import { createLog } from './observe/log.ts';

/** Calls in flight get this long after SIGTERM, milliseconds; Cloud Run kills after ten seconds. */
const graceMs = 9_000;

async function start(): Promise<void> {
  const environment = readEnvironment(process.env);
  if ('problems' in environment) {
    process.stderr.write(environment.problems);
    process.exitCode = exitConfig;
    return;
  }
  const { config, catalog } = environment;
  const log = createLog(config.LOG_LEVEL);
  const app = await buildApp(config, { log, catalog, memoryLimit: process.constrainedMemory() });
  closeWithGrace({ delay: graceMs, logger: asConsole(log) }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, 'closing');
    else log.info({ signal }, 'closing');
    await app.close();
  });
  for (const warning of [...warnings(config), ...catalog.warnings]) log.warn(warning);
  await app.listen({ port: config.PORT, host: config.HOST });
}

const asConsole = (log: Logger) => ({ error: (message: unknown) => log.error(String(message)) });

await start();
