import { Refusal } from '../errors.ts';
import type { Catalog } from '../tools/catalog.ts';
import type { Target } from '../tools/target.ts';
import type { Caller } from './caller.ts';

declare const granted: unique symbol;

/** Caller and target, allowed. Only {@link authorize} makes one. */
export interface Grant {
  readonly [granted]: true;
  readonly tool: Target;
  /** Undefined only for a public tool. */
  readonly caller: Caller | undefined;
}

/** Anything of the catalog that not everybody may have. */
type Guarded = Pick<Target, 'public' | 'scopes'>;

/** Where a call looks for its target. */
export interface Callable<T extends Target = Target> extends Pick<Catalog, 'scopes' | 'hasPublic'> {
  readonly tools: ReadonlyMap<string, T>;
}

/** True when the caller may have it; undefined = without a token. */
export const allows = (caller: Caller | undefined, { public: open, scopes }: Guarded): boolean =>
  caller === undefined ? open : scopes.every((scope) => caller.scopes.includes(scope));

/**
 * Lets a caller by.
 * @param known the scopes of the whole catalog.
 * @throws {Refusal} `missing_token`, or `insufficient_scope` whose scope lists all it needs and what
 * the caller has already: many clients ask for just what a challenge names, and would lose the rest
 * (MCP 2025-11-25, runtime insufficient scope errors).
 */
export function admit(
  guarded: Guarded,
  caller: Caller | undefined,
  known: readonly string[],
): void {
  if (allows(caller, guarded)) return;
  const { scopes: needed } = guarded;
  if (!caller) throw new Refusal('missing_token', { scope: needed });
  const held = known.filter((one) => caller.scopes.includes(one) && !needed.includes(one));
  throw new Refusal('insufficient_scope', { scope: [...needed, ...held] });
}

/**
 * Finds a target by its name.
 * @throws {Refusal} `unknown_tool`; without a token nobody learns which tools exist, unless one
 * is public: `missing_token`.
 */
export function find<T extends Target>(
  { tools, scopes, hasPublic }: Callable<T>,
  name: string,
  caller: Caller | undefined,
): T {
  const tool = tools.get(name);
  if (tool) return tool;
  if (caller || hasPublic) throw new Refusal('unknown_tool');
  throw new Refusal('missing_token', { scope: scopes });
}

/** Finds the target and grants the call. @throws {Refusal} as {@link find} and {@link admit}. */
export function authorize(callable: Callable, name: string, caller: Caller | undefined): Grant {
  const tool = find(callable, name, caller);
  admit(tool, caller, callable.scopes);
  return { tool, caller } as Grant;
}
