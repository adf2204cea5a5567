import { isLoopback } from '../config.ts';
import type { mcpClients } from '../settings.ts';

export type McpClient = (typeof mcpClients)[number];

interface RedirectRule {
  readonly protocol: string;
  readonly hosts: readonly string[];
  /** RFC 8252 §7.3: the port of a loopback redirect is chosen when the request is made. */
  readonly anyPort: boolean;
  readonly path: string | RegExp;
}

const https = (host: string, path: string | RegExp): RedirectRule => ({
  protocol: 'https:',
  hosts: [host],
  anyPort: false,
  path,
});

const loopback = (path: string): RedirectRule => ({
  protocol: 'http:',
  hosts: ['localhost', '127.0.0.1', '[::1]'],
  anyPort: true,
  path,
});

const cursorApp = { protocol: 'cursor:', hosts: ['anysphere.cursor-mcp'], anyPort: false };

/** Where each MCP client may send a person back to: published or observed redirect URIs. */
const presets: Readonly<Record<McpClient, readonly RedirectRule[]>> = {
  chatgpt: [
    https('chatgpt.com', '/connector_platform_oauth_redirect'),
    https('chatgpt.com', /^\/connector\/oauth\/[A-Za-z0-9_-]+$/),
  ],
  claude: [
    https('claude.ai', '/api/mcp/auth_callback'),
    https('claude.com', '/api/mcp/auth_callback'),
  ],
  'claude-code': [loopback('/callback')],
  vscode: [
    https('vscode.dev', '/redirect'),
    https('insiders.vscode.dev', '/redirect'),
    loopback('/'),
  ],
  cursor: [
    { ...cursorApp, path: '/oauth/callback' },
    https('www.cursor.com', '/agents/mcp/oauth/callback'),
  ],
  inspector: [loopback('/oauth/callback')],
};

function fits(rule: RedirectRule, url: URL): boolean {
  return (
    url.protocol === rule.protocol &&
    rule.hosts.includes(url.hostname) &&
    (rule.anyPort || url.port === '') &&
    (typeof rule.path === 'string' ? url.pathname === rule.path : rule.path.test(url.pathname))
  );
}

/**
 * True when `redirect` is one of the `clients`' own, compared piece by piece. It must also be
 * written exactly as those pieces spell it, so that user info, a query, a fragment and every
 * encoding that another parser might read differently fail (RFC 9700 §4.1.3: exact matching).
 */
export function redirectAllowed(redirect: string, clients: readonly McpClient[]): boolean {
  const url = URL.parse(redirect);
  if (url === null || redirect !== `${url.protocol}//${url.host}${url.pathname}`) return false;
  return clients.some((client) => presets[client].some((rule) => fits(rule, url)));
}

/** True when only the owner of the host can receive it: not loopback, not a private-use scheme (RFC 8252 §8.6). */
export const isWebRedirect = (redirect: string): boolean =>
  redirect.startsWith('https://') &&
  !isLoopback(redirect) &&
  !new URL(redirect).hostname.endsWith('.localhost');

/** The web origins of the `clients`. */
export const originsOf = (clients: readonly McpClient[]): readonly string[] =>
  clients
    .flatMap((client) => presets[client])
    .filter((rule) => rule.protocol === 'https:')
    .flatMap((rule) => rule.hosts.map((host) => `https://${host}`));
