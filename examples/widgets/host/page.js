import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { RESOURCE_MIME_TYPE } from '@modelcontextprotocol/ext-apps/app-bridge';
import { showApp } from './apps.js';
import { showOlder } from './older.js';

// The query of the page: host (apps | older), tool, arguments (JSON), locale, styles (JSON: the
// host's own CSS variables), theme (light | dark).
const form = document.querySelector('form');
for (const [name, value] of new URLSearchParams(location.search)) {
  const field = form.elements.namedItem(name);
  if (field) field.value = value;
}
const asked = Object.fromEntries(new FormData(form));
const styles = { variables: JSON.parse(asked.styles) };
const context = () => ({ theme: form.elements.theme.value, locale: asked.locale, styles });
const paint = () => document.documentElement.setAttribute('data-theme', context().theme);
paint();

/** The gateway has no stream to open (GET is a 405); not asking spares the console an error. */
const posting = (url, init) =>
  init?.method === 'GET' ? Promise.resolve(new Response(null, { status: 405 })) : fetch(url, init);

const hosts = { apps: showApp, older: showOlder };

/** Finds the tool, gives its widget a frame, and calls the tool: what a host does in a chat. */
async function play() {
  // MCP Apps, capability negotiation: this client can show such resources.
  const capabilities = {
    extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: [RESOURCE_MIME_TYPE] } },
  };
  const client = new Client({ name: 'widget-host', version: '1.0.0' }, { capabilities });
  const endpoint = new URL('/mcp', location.href);
  await client.connect(new StreamableHTTPClientTransport(endpoint, { fetch: posting }));
  const { tools } = await client.listTools();
  const tool = tools.find(({ name }) => name === asked.tool);
  if (!tool) throw new Error(`The gateway lists no tool ${asked.tool}.`);
  const input = JSON.parse(asked.arguments);
  // Global, so that the console and tests get at it.
  globalThis.widget = await hosts[asked.host]({ client, tool, input, context: context() });
  form.elements.theme.addEventListener('change', () => {
    paint();
    globalThis.widget.changeContext(context());
  });
  const result = await client.callTool({ name: tool.name, arguments: input });
  await globalThis.widget.sendResult(result);
}

play().catch((error) => {
  document.getElementById('trouble').textContent = error.stack;
});
