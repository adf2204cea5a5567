import type { FastifyPluginAsync } from 'fastify';
import type { Config } from '../config.ts';
import { publicOrigin } from '../public-url.ts';
import type { Catalog } from '../tools/catalog.ts';

interface Facts {
  readonly mcp: string;
  readonly tenant: string;
  readonly tools: readonly { readonly name: string; readonly title: string }[];
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

function toolList(tools: Facts['tools']): string {
  const items = tools.map(
    ({ name, title }) => `<li><code>${escapeHtml(name)}</code> ${escapeHtml(title)}</li>\n`,
  );
  return items.length > 0 ? `<h2><small>Tools</small></h2>\n<ul>\n${items.join('')}</ul>\n` : '';
}

const html = ({ mcp, tenant, tools }: Facts): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>openai-auth0-gateway</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 17px/1.55 system-ui, sans-serif; max-width: 38rem; margin: 12vh auto; padding: 0 1.5rem; }
  h1 { font-size: 1.5rem; letter-spacing: -.01em; }
  code { font: .95em ui-monospace, monospace; }
  .url { display: block; padding: .9rem 1rem; border: 1px solid #8886; border-radius: .6rem; user-select: all; overflow-wrap: anywhere; }
  li { margin: .2rem 0; }
  small { opacity: .7; }
</style>
<h1>openai-auth0-gateway</h1>
<p>This gateway lets ChatGPT and other MCP clients call its tools as the signed-in user.
In ChatGPT: Settings → Connectors → Create, and paste this URL, authentication OAuth:</p>
<code class="url">${escapeHtml(mcp)}</code>
${toolList(tools)}<p><small>People sign in at ${escapeHtml(tenant)}</small></p>
</html>
`;

/** `GET /`: a page for a person, JSON for a machine. Tools are named only where they are public knowledge. */
export function servePage(config: Config, catalog: Catalog): FastifyPluginAsync {
  const tools = catalog.hasPublic
    ? [...catalog.tools.values()].map(({ name, title }) => ({ name, title }))
    : [];
  return async (app) => {
    app.get('/', async (request, reply) => {
      const mcp = `${publicOrigin(config, request)}/mcp`;
      const tenant = config.OAUTH_ISSUER;
      reply.header('vary', 'accept').header('x-content-type-options', 'nosniff');
      if (request.headers.accept?.includes('text/html')) {
        reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
        return reply.type('text/html; charset=utf-8').send(html({ mcp, tenant, tools }));
      }
      return { name: 'openai-auth0-gateway', mcp, authorization_server: tenant, tools };
    });
  };
}
