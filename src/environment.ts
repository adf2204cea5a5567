import { type Config, type ConfigError, loadConfig, type Problem } from './config.ts';
import { type Catalog, loadCatalog } from './tools/catalog.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** EX_CONFIG of sysexits(3): the settings are wrong; a restart will not help. */
export const exitConfig = 78;

/** What every process of the gateway starts from, or one text that says all that is wrong. */
export type Environment =
  | { readonly config: Config; readonly catalog: Catalog }
  | { readonly problems: string };

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
function readCatalog(env: Env, config: Config | undefined): Catalog | undefined {
  const TOOLS_FILE = env['TOOLS_FILE']?.trim() || undefined;
  const TOOL_SCOPES_JSON = env['TOOL_SCOPES_JSON']?.trim() || undefined;
  const named = (TOOLS_FILE === undefined) !== (TOOL_SCOPES_JSON === undefined);
  // Another word is a problem of the settings, and told there.
  const ANNOTATIONS = env['ANNOTATIONS']?.trim() === 'strict' ? 'strict' : 'fill';
  const SCOPE_IMPLIES = config?.SCOPE_IMPLIES;
  return named
    ? loadCatalog({ TOOLS_FILE, TOOL_SCOPES_JSON, ANNOTATIONS, SCOPE_IMPLIES })
    : undefined;
}

/** Reads the settings and the catalog. */
export function readEnvironment(env: Env): Environment {
  const problems: Problem[] = [];
  const config = attempt(() => loadConfig(env), problems);
  const catalog = attempt(() => readCatalog(env, config), problems);
  if (config && catalog) return { config, catalog };
  const lines = problems.map(({ name, problem, fix }) => `  ${name} ${problem}. ${fix}.`);
  const head = `The settings of the gateway are wrong (${problems.length}):`;
  return { problems: `${[head, ...lines].join('\n')}\n` };
}
