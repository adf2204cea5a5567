import { Refusal } from '../errors.ts';
import type { Catalog, Tool } from '../tools/catalog.ts';
import type { Caller } from './caller.ts';

declare const granted: unique symbol;

/** Caller and tool, allowed. Only {@link authorize} makes one. */
export interface Grant {
  readonly [granted]: true;
  readonly tool: Tool;
  /** Undefined only for a public tool. */
  readonly caller: Caller | undefined;
}

/** True when the caller may call the tool; undefined = without a token. */
export const allows = (caller: Caller | undefined, tool: Tool): boolean =>
  caller === undefined ? tool.public : tool.scopes.every((scope) => caller.scopes.includes(scope));

/**
 * Finds the tool and grants the call.
 * @throws {Refusal} `missing_token`, `unknown_tool`, or `insufficient_scope` whose scope lists
 * all the call needs. Without a token nobody learns which tools exist, unless one is public.
 */
export function authorize(catalog: Catalog, name: string, caller: Caller | undefined): Grant {
  const tool = catalog.tools.get(name);
  if (!tool && (caller || catalog.hasPublic)) throw new Refusal('unknown_tool');
  if (!tool) throw new Refusal('missing_token', { scope: catalog.scopes });
  if (allows(caller, tool)) return { tool, caller } as Grant;
  throw new Refusal(caller ? 'insufficient_scope' : 'missing_token', { scope: tool.scopes });
}
