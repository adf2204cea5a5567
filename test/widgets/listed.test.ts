import { readFileSync } from 'node:fs';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import {
  getToolUiResourceUri,
  RESOURCE_MIME_TYPE,
} from '@modelcontextprotocol/ext-apps/app-bridge';
import t, { type Test } from 'tap';
import { startGateway } from '../gateway.ts';
import { audience, startIssuer } from '../issuer.ts';
import { hmacSecret } from '../stage.ts';

const page = readFileSync('examples/widgets/events.html', 'utf8');

/** The gateway with the sample catalog. Nothing here calls a tool. */
async function setGateway(t: Test) {
  const { issuer } = await startIssuer(t);
  return startGateway(t, {
    OAUTH_ISSUER: issuer,
    OAUTH_AUDIENCE: audience,
    FUNCTIONS_BASE: 'http://127.0.0.1:1',
    GATEWAY_HMAC_SECRET: hmacSecret,
  });
}

for (const mode of ['legacy', { pin: '2026-07-28' }] as const) {
  t.test(`the official client finds and reads the widget (${JSON.stringify(mode)})`, async (t) => {
    const { url, catalog } = await setGateway(t);
    t.same(catalog.warnings, []);
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
    t.teardown(() => client.close());

    const { tools } = await client.listTools();
    const [tool] = tools.filter(({ name }) => name === 'listEvents');
    const named = {
      [String(getToolUiResourceUri(tool ?? {}))]: RESOURCE_MIME_TYPE,
      [String(tool?._meta?.['openai/outputTemplate'])]: 'text/html+skybridge',
    };
    const { resources } = await client.listResources();
    t.same(Object.fromEntries(resources.map(({ uri, mimeType }) => [uri, mimeType])), named);

    for (const { uri, mimeType, _meta } of resources) {
      const { contents } = await client.readResource({ uri });
      t.same(contents, [{ uri, mimeType, text: page, _meta }], 'without a token, as written');
      t.match(_meta, {
        ui: {
          csp: { connectDomains: { length: 0 }, resourceDomains: { length: 0 } },
          prefersBorder: true,
        },
        'openai/widgetCSP': { connect_domains: { length: 0 }, resource_domains: { length: 0 } },
      });
    }
  });
}

t.test('the widget loads nothing and makes no markup of text', async (t) => {
  t.notMatch(page, /\b(?:src|href)=|https?:|@import|url\(/);
  t.notMatch(page, /innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function/);
});
