/** One argument of a tool that clients repeat in a header (`x-mcp-header`). */
export interface Mirrored {
  /** Lower case, such as `mcp-param-region`. */
  readonly header: string;
  /** Names of properties, from the root of the arguments. */
  readonly path: readonly string[];
  readonly type: 'string' | 'integer' | 'boolean';
}

const mark = 'x-mcp-header';

/** RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Keywords that hold schemas, but for `properties`: one or a list, or a map of them. */
const others = [
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'oneOf',
  'anyOf',
  'allOf',
  'not',
  'if',
  'then',
  'else',
  'contentSchema',
] as const;
const maps = [
  '$defs',
  'definitions',
  'patternProperties',
  'dependentSchemas',
  'dependencies',
] as const;

type Schema = Readonly<Record<string, unknown>>;
type Report = (what: string) => void;

/** A schema on the way through the whole: `place` for people, `path` while it is reachable. */
interface Spot {
  readonly schema: Schema;
  readonly place: string;
  readonly path: readonly string[] | undefined;
}

const entries = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

/** Schemas are objects; `true` and `false` are ones too, and hold nothing. */
const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function* below({ schema, place, path }: Spot): Generator<Spot> {
  const spot = (child: unknown, step: string, to?: readonly string[]): Spot[] =>
    isSchema(child) ? [{ schema: child, place: `${place}/${step}`, path: to }] : [];
  for (const [name, child] of entries(schema['properties'])) {
    yield* spot(child, `properties/${name}`, path && [...path, name]);
  }
  for (const key of others) {
    yield* spot(schema[key], key);
    const list = schema[key];
    if (Array.isArray(list))
      for (const [i, child] of list.entries()) yield* spot(child, `${key}/${i}`);
  }
  for (const key of maps) {
    for (const [name, child] of entries(schema[key])) yield* spot(child, `${key}/${name}`);
  }
}

function* everySpot(spot: Spot): Generator<Spot> {
  yield spot;
  for (const next of below(spot)) yield* everySpot(next);
}

const isPrimitive = (type: unknown): type is Mirrored['type'] =>
  type === 'string' || type === 'integer' || type === 'boolean';

function read({ schema, path }: Spot): Mirrored | string {
  const { [mark]: name, type } = schema;
  if (path === undefined || path.length === 0) return 'is not reachable by properties alone';
  if (typeof name !== 'string' || name === '') return 'is no text, or empty';
  if (!token.test(name)) return 'is no token (RFC 9110 §5.6.2)';
  if (!isPrimitive(type)) {
    return `stands on type ${JSON.stringify(type) ?? 'none'}: string, integer or boolean are possible`;
  }
  return { header: `mcp-param-${name.toLowerCase()}`, path, type };
}

/**
 * The arguments that `x-mcp-header` marks in an input schema (MCP 2026-07-28, Streamable HTTP,
 * "Custom Headers from Tool Parameters"). Clients drop a tool with a wrong mark: each is reported.
 */
export function readMirrored(inputSchema: Schema, report: Report): Mirrored[] {
  const found = new Map<string, Mirrored>();
  for (const spot of everySpot({ schema: inputSchema, place: 'inputSchema', path: [] })) {
    if (!Object.hasOwn(spot.schema, mark)) continue;
    const wrong = (what: string) => report(`${spot.place}: ${mark} ${what}`);
    const mirrored = read(spot);
    if (typeof mirrored === 'string') wrong(mirrored);
    else if (found.has(mirrored.header)) wrong(`${JSON.stringify(spot.schema[mark])} stands twice`);
    else found.set(mirrored.header, mirrored);
  }
  return [...found.values()];
}
