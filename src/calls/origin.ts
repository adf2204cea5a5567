import { Refusal } from '../errors.ts';

/**
 * Refuses pages of foreign origins (MCP transport, DNS rebinding). A request without an
 * Origin header does not come from a page and passes.
 * @throws {Refusal} `origin_not_allowed`
 */
export function checkOrigin(origin: string | undefined, allowed: '*' | readonly string[]): void {
  if (origin === undefined || allowed === '*' || allowed.includes(origin)) return;
  throw new Refusal('origin_not_allowed');
}
