import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigError, type Problem } from '../config.ts';
import { catalogSchema, scopesSchema, type ToolEntry } from './schema.ts';
import { createCompiler, type Validate } from './validate.ts';

/** One callable thing. */
export interface Tool extends Omit<ToolEntry, 'path'> {
  readonly path: string;
  readonly checkInput: Validate;
}

export interface Catalog {
  readonly tools: ReadonlyMap<string, Tool>;
  /** Union of all tools' scopes, sorted; never offline_access. */
  readonly scopes: readonly string[];
  readonly hasPublic: boolean;
}

interface Source {
  readonly TOOLS_FILE?: string | undefined;
  readonly TOOL_SCOPES_JSON?: string | undefined;
}

const fix = 'See examples/tools.json and examples/tools.schema.json';

function read(name: string, text: () => string, schema: z.ZodType<{ tools: ToolEntry[] }>) {
  const wrong = (problem: string) => new ConfigError([{ name, problem, fix }]);
  let json: unknown;
  try {
    json = JSON.parse(text());
  } catch (error) {
    throw wrong(`cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data.tools;
  throw new ConfigError(
    parsed.error.issues.map(({ path, message }) => ({
      name,
      problem: `${path.join('.') || 'the whole'}: ${message}`,
      fix,
    })),
  );
}

function compile(name: string, entries: readonly ToolEntry[]): Map<string, Tool> {
  const compileSchema = createCompiler();
  const problems: Problem[] = [];
  const tools = new Map<string, Tool>();
  for (const entry of entries) {
    if (tools.has(entry.name)) {
      problems.push({ name, problem: `tool ${entry.name} stands twice`, fix: 'Rename one' });
    }
    try {
      const checkInput = compileSchema(entry.inputSchema);
      if (entry.outputSchema) compileSchema(entry.outputSchema);
      tools.set(entry.name, { ...entry, path: entry.path ?? entry.name, checkInput });
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      problems.push({ name, problem: `tool ${entry.name} has a broken schema: ${what}`, fix });
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return tools;
}

/**
 * Reads the catalog from TOOLS_FILE or TOOL_SCOPES_JSON and compiles every schema.
 * @throws {ConfigError} naming each wrong tool.
 */
export function loadCatalog({ TOOLS_FILE: file, TOOL_SCOPES_JSON: line }: Source): Catalog {
  const [name, entries] =
    file === undefined
      ? ['TOOL_SCOPES_JSON', read('TOOL_SCOPES_JSON', () => line ?? '', scopesSchema)]
      : ['TOOLS_FILE', read('TOOLS_FILE', () => readFileSync(file, 'utf8'), catalogSchema)];
  const tools = compile(name, entries);
  const scopes = new Set([...tools.values()].flatMap((tool) => tool.scopes));
  scopes.delete('offline_access');
  return {
    tools,
    scopes: [...scopes].sort(),
    hasPublic: [...tools.values()].some((tool) => tool.public),
  };
}
