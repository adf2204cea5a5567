import type { ListedTool } from './listed-tool.ts';

/**
 * The scope of the first login: as little as reading needs, so that the step-up has something
 * to do. Where no tool is listed before the login, the names of the scopes must tell.
 */
export function firstScope(
  chosen: string | undefined,
  listed: readonly ListedTool[],
  supported: readonly string[],
): string | undefined {
  if (chosen !== undefined) return chosen;
  const tool = listed.find(({ readOnly, scopes }) => readOnly && scopes.length > 0);
  if (tool !== undefined) return tool.scopes.join(' ');
  return supported.find((scope) => /read|list|view|get/i.test(scope)) ?? supported[0];
}

const standard: readonly string[] = ['openid', 'profile', 'email', 'offline_access'];

/** Space separated scopes as a list, without those that no API defines. */
export const apiScopes = (scope: string | undefined): string[] =>
  (scope ?? '').split(' ').filter((part) => part !== '' && !standard.includes(part));
