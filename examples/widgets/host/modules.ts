/** What the page imports, and what that imports, by the names they use. */
const names = [
  '@modelcontextprotocol/client',
  '@modelcontextprotocol/client/_shims',
  '@modelcontextprotocol/core',
  '@modelcontextprotocol/core/internal',
  '@modelcontextprotocol/ext-apps/app-bridge',
  'eventsource',
  'eventsource-parser',
  'eventsource-parser/stream',
  'pkce-challenge',
  'zod/v4',
];

const folder = '/node_modules/';

/** Two packages have a file for Node.js and one for browsers beside it. */
const forBrowsers = (href: string): string =>
  href.replace('shimsNode', 'shimsBrowser').replace('index.node', 'index.browser');

const hrefOf = (name: string): string => forBrowsers(import.meta.resolve(name));

const pathOf = (href: string): string => href.slice(href.indexOf(folder));

/** The import map of the page (HTML, import maps): the packages installed here, without a bundler. */
export const importMap = (): { imports: Record<string, string> } => ({
  imports: Object.fromEntries(names.map((name) => [name, pathOf(hrefOf(name))])),
});

/** The file behind a path of the import map or beside it; undefined for all but JavaScript. */
export function moduleFile(path: string): URL | undefined {
  const client = hrefOf('@modelcontextprotocol/client');
  const root = client.slice(0, client.indexOf(folder));
  const file = new URL(root + path);
  const inside = file.href.startsWith(root + folder);
  return inside && /\.m?js$/.test(file.pathname) ? file : undefined;
}
