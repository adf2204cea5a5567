import closeWithGrace from 'close-with-grace';
import type { Logger } from 'pino';
import { buildApp } from './app.ts';
import { type ConfigError, loadConfig, type Problem, warnings } from './config.ts';
import { createLog } from './observe/log.ts';
import { type Catalog, loadCatalog } from './tools/catalog.ts';

/** EX_CONFIG of sysexits(3): the settings are wrong; a restart will not help. */
const exitConfig = 78;

/** Calls in flight get this long after SIGTERM, milliseconds; Cloud Run kills after ten seconds. */
const graceMs = 9_000;

function attempt<T>(load: () => T, problems: Problem[]): T | undefined {
  try {
    return load();
  } catch (error) {
    // Neither loader throws anything else.
    problems.push(...(error as ConfigError).problems);
    return undefined;
  }
}

/** The catalog is judged beside wrong settings too, so that one list holds every problem. */
function readCatalog(env: NodeJS.ProcessEnv): Catalog | undefined {
  const TOOLS_FILE = env['TOOLS_FILE']?.trim() || undefined;
  const TOOL_SCOPES_JSON = env['TOOL_SCOPES_JSON']?.trim() || undefined;
  const named = (TOOLS_FILE === undefined) !== (TOOL_SCOPES_JSON === undefined);
  return named ? loadCatalog({ TOOLS_FILE, TOOL_SCOPES_JSON }) : undefined;
}

async function start(): Promise<void> {
  const problems: Problem[] = [];
  const config = attempt(() => loadConfig(process.env), problems);
  const catalog = attempt(() => readCatalog(process.env), problems);
  if (!config || !catalog) {
    const lines = problems.map(({ name, problem, fix }) => `  ${name} ${problem}. ${fix}.`);
    const head = `The settings of the gateway are wrong (${problems.length}):`;
    process.stderr.write(`${[head, ...lines].join('\n')}\n`);
    process.exitCode = exitConfig;
    return;
  }
  const log = createLog(config.LOG_LEVEL);
  const app = await buildApp(config, { log, catalog, memoryLimit: process.constrainedMemory() });
  closeWithGrace({ delay: graceMs, logger: asConsole(log) }, async ({ signal, err }) => {
    log.info({ signal, err }, 'closing');
    await app.close();
  });
  for (const warning of warnings(config)) log.warn(warning);
  await app.listen({ port: config.PORT, host: config.HOST });
}

const asConsole = (log: Logger) => ({ error: (message: unknown) => log.error(String(message)) });

await start();
