import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError, type Problem } from '../config.ts';
import type { ScopeImplies } from '../settings.ts';
import { type Ask, issueText } from './parse.ts';
import { type Prompt, readPrompt } from './prompt.ts';
import { type Resource, type ResourceTemplate, readResource } from './resource.ts';
import { frameSchema, scopesSchema } from './schema.ts';
import type { Target } from './target.ts';
import { readTool, type Tool } from './tool.ts';
import { normalUri } from './uri-template.ts';
import { createCompiler } from './validate.ts';
import { widgetWarnings } from './widget.ts';

/** All that the gateway offers. */
export interface Catalog {
  readonly tools: ReadonlyMap<string, Tool>;
  /** What resources and prompts are read from, by `resources/NAME` and `prompts/NAME`. */
  readonly sources: ReadonlyMap<string, Target>;
  /** By {@link normalUri}. */
  readonly resources: ReadonlyMap<string, Resource>;
  readonly templates: readonly ResourceTemplate[];
  readonly prompts: ReadonlyMap<string, Prompt>;
  /** For the model, about the whole. */
  readonly instructions?: string | undefined;
  /** Union of all scopes, sorted; never offline_access. */
  readonly scopes: readonly string[];
  /** Something can be used without a token. */
  readonly hasPublic: boolean;
  /** What its author should know though the gateway starts; one sentence each. */
  readonly warnings: readonly string[];
}

interface Source {
  readonly TOOLS_FILE?: string | undefined;
  readonly TOOL_SCOPES_JSON?: string | undefined;
  readonly ANNOTATIONS?: 'fill' | 'strict' | undefined;
  readonly SCOPE_IMPLIES?: ScopeImplies | undefined;
}

const fix = 'See examples/tools.json and examples/tools.schema.json';

type Frame = ReturnType<typeof frameSchema.parse>;

/** The lists of a frame that is wrong: what stands in them is judged all the same. */
function listsOf(json: unknown): Frame {
  const { tools, resources, prompts }: Record<string, unknown> = Object(json);
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  return { tools: list(tools), resources: list(resources), prompts: list(prompts) };
}

/** Editors of Windows begin a file with a byte order mark, which JSON does not know. */
const readText = (file: string): string => readFileSync(file, 'utf8').replace(/^\ufeff/, '');

/** The entries of the catalog, not judged yet; adds to `problems` what is wrong around them. */
function readEntries(
  { TOOLS_FILE: file, TOOL_SCOPES_JSON: line = '' }: Source,
  problems: string[],
): Frame {
  try {
    const json: unknown = JSON.parse(file === undefined ? line : readText(file));
    const { data, error } = (file === undefined ? scopesSchema : frameSchema).safeParse(json);
    problems.push(...(error?.issues ?? []).map(issueText));
    return data ?? listsOf(json);
  } catch (error) {
    problems.push(`cannot be read: ${(error as Error).message}`);
    return listsOf(undefined);
  }
}

function nameOf(written: unknown, index: number): string {
  const { name } = Object(written) as { name?: unknown };
  return typeof name === 'string' && name !== '' ? name : `number ${index + 1}`;
}

/** Where problems and warnings go. */
interface Found {
  readonly problems: string[];
  readonly warnings: string[];
}

/** Judges each entry of one kind by itself; none may have the name of another. */
function readAll<T>(
  kind: 'tool' | 'resource' | 'prompt',
  entries: readonly unknown[],
  { problems, warnings }: Found,
  read: (written: unknown, ask: Ask) => T | undefined,
): T[] {
  const seen = new Set<string>();
  return entries.flatMap((written, index) => {
    const name = nameOf(written, index);
    const ask: Ask = {
      report: (what) => problems.push(`${kind} ${name}: ${what}`),
      warn: (what) => warnings.push(`${kind} ${name}: ${what}.`),
    };
    if (seen.has(name)) ask.report('stands twice');
    seen.add(name);
    return read(written, ask) ?? [];
  });
}

/** Resources by normal URI, templates in order. */
function sortResources(
  all: readonly (Resource | ResourceTemplate)[],
  problems: string[],
): Pick<Catalog, 'resources' | 'templates'> {
  const resources = new Map<string, Resource>();
  const templates = new Map<string, ResourceTemplate>();
  const add = <T extends { name: string }>(to: Map<string, T>, uri: string, one: T): void => {
    const key = normalUri(uri);
    if (to.has(key)) problems.push(`resource ${one.name}: ${uri} stands twice`);
    to.set(key, one);
  };
  for (const one of all) {
    if ('uri' in one) add(resources, one.uri, one);
    else add(templates, one.uriTemplate, one);
  }
  return { resources, templates: [...templates.values()] };
}

/** A widget that is public must not open the lists of a catalog that nobody may see without a token. */
function* closedWarnings(
  resources: Iterable<Resource | ResourceTemplate>,
  prompts: Iterable<Prompt>,
): Generator<string> {
  const why = 'it is public, but no tool is: nothing is served without a token.';
  for (const { name, public: open } of resources) if (open) yield `resource ${name}: ${why}`;
  for (const { name, public: open } of prompts) if (open) yield `prompt ${name}: ${why}`;
}

/** What calls are logged and counted under: tools, `resources/NAME`, `prompts/NAME`. */
export const namesOf = ({ tools, resources, templates, prompts }: Catalog): ReadonlySet<string> =>
  new Set([
    ...tools.keys(),
    ...[...resources.values(), ...templates].map(({ name }) => `resources/${name}`),
    ...[...prompts.keys()].map((name) => `prompts/${name}`),
  ]);

/**
 * Reads the catalog from TOOLS_FILE or TOOL_SCOPES_JSON, and the files it names, and compiles
 * every schema.
 * @throws {ConfigError} naming each wrong tool, resource and prompt.
 */
export function loadCatalog(source: Source): Catalog {
  const found: Found = { problems: [], warnings: [] };
  const { TOOLS_FILE = '', ANNOTATIONS: annotations = 'fill', SCOPE_IMPLIES } = source;
  const frame = readEntries(source, found.problems);
  const rules = { compile: createCompiler(), annotations };
  const named = <T extends { name: string }>(all: readonly T[]) =>
    new Map(all.map((one) => [one.name, one]));
  const tools = named(
    readAll('tool', frame.tools, found, (written, ask) => readTool(written, rules, ask)),
  );
  const read = readAll('resource', frame.resources, found, (written, ask) =>
    readResource(written, dirname(TOOLS_FILE), ask),
  );
  const prompts = named(readAll('prompt', frame.prompts, found, readPrompt));
  const { resources, templates } = sortResources(read, found.problems);
  if (found.problems.length > 0) {
    const name = source.TOOLS_FILE === undefined ? 'TOOL_SCOPES_JSON' : 'TOOLS_FILE';
    throw new ConfigError(found.problems.map((problem): Problem => ({ name, problem, fix })));
  }
  const all = [...tools.values(), ...read, ...prompts.values()];
  const scopes = new Set(all.flatMap((one) => one.scopes));
  scopes.delete('offline_access');
  const { instructions } = frame;
  const hasPublic = [...tools.values()].some((tool) => tool.public);
  return {
    tools,
    sources: named([...read, ...prompts.values()].flatMap((one) => one.source ?? [])),
    resources,
    templates,
    prompts,
    ...(instructions === undefined ? {} : { instructions }),
    scopes: [...scopes].sort(),
    hasPublic,
    warnings: [
      ...found.warnings,
      ...widgetWarnings({ tools, resources, templates, implies: SCOPE_IMPLIES ?? new Map() }),
      ...(hasPublic ? [] : closedWarnings(read, prompts.values())),
    ],
  };
}
