import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigError, type Problem } from '../config.ts';
import { frameSchema, scopesSchema, type ToolEntry, toolSchema } from './schema.ts';
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

const issueText = ({ path, message }: z.core.$ZodIssue): string =>
  [...(path.length > 0 ? [path.join('.')] : []), message].join(': ');

/** The entries of the catalog, not judged yet; adds to `problems` why there are none. */
function readEntries(
  { TOOLS_FILE: file, TOOL_SCOPES_JSON: line = '' }: Source,
  problems: string[],
) {
  try {
    const json: unknown = JSON.parse(file === undefined ? line : readFileSync(file, 'utf8'));
    const { data, error } = (file === undefined ? scopesSchema : frameSchema).safeParse(json);
    problems.push(...(error?.issues ?? []).map(issueText));
    return data?.tools ?? [];
  } catch (error) {
    problems.push(`cannot be read: ${(error as Error).message}`);
    return [];
  }
}

function nameOf(written: unknown, index: number): string {
  const { name } = Object(written) as { name?: unknown };
  return typeof name === 'string' && name !== '' ? name : `number ${index + 1}`;
}

/** Judges each tool by itself and compiles its schemas; adds every mistake to `problems`. */
function compile(entries: readonly unknown[], problems: string[]): Map<string, Tool> {
  const compileSchema = createCompiler();
  const tools = new Map<string, Tool>();
  const seen = new Set<string>();
  for (const [index, written] of entries.entries()) {
    const name = nameOf(written, index);
    const report = (what: string) => problems.push(`tool ${name}: ${what}`);
    if (seen.has(name)) report('stands twice');
    seen.add(name);
    const { data: entry, error } = toolSchema.safeParse(written);
    if (!entry) {
      error.issues.map(issueText).forEach(report);
      continue;
    }
    try {
      const checkInput = compileSchema(entry.inputSchema);
      if (entry.outputSchema) compileSchema(entry.outputSchema);
      tools.set(name, { ...entry, path: entry.path ?? name, checkInput });
    } catch (error) {
      report(`has a broken schema: ${(error as Error).message}`);
    }
  }
  return tools;
}

/**
 * Reads the catalog from TOOLS_FILE or TOOL_SCOPES_JSON and compiles every schema.
 * @throws {ConfigError} naming each wrong tool.
 */
export function loadCatalog(source: Source): Catalog {
  const found: string[] = [];
  const tools = compile(readEntries(source, found), found);
  if (found.length > 0) {
    const name = source.TOOLS_FILE === undefined ? 'TOOL_SCOPES_JSON' : 'TOOLS_FILE';
    throw new ConfigError(found.map((problem): Problem => ({ name, problem, fix })));
  }
  const scopes = new Set([...tools.values()].flatMap((tool) => tool.scopes));
  scopes.delete('offline_access');
  return {
    tools,
    scopes: [...scopes].sort(),
    hasPublic: [...tools.values()].some((tool) => tool.public),
  };
}
