import { readFileSync } from 'node:fs';
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { serveFetch } from '../conformance/serve-fetch.ts';
import { answered, tool } from './calls.ts';

/**
 * A process with the one tool on a server of the official SDK, which answers by itself: no login,
 * no scopes, no backend, no signature, no log. `GET /cpu` tells its CPU time in seconds.
 */
const { tools } = JSON.parse(readFileSync('examples/tools.json', 'utf8'));
const { description, inputSchema, outputSchema } = tools.find(
  ({ name }: { name: string }) => name === tool,
);

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'sdk', version: '1.0.0' });
  const schemas = {
    inputSchema: fromJsonSchema(inputSchema),
    outputSchema: fromJsonSchema(outputSchema),
  };
  server.registerTool(tool, { description, ...schemas }, async () => ({
    structuredContent: answered,
    content: [{ type: 'text', text: JSON.stringify(answered) }],
  }));
  return server;
});

const origin = await serveFetch({ teardown: () => {} }, async (request) => {
  if (!request.url.endsWith('/cpu')) return handler.fetch(request);
  const { user, system } = process.cpuUsage();
  return Response.json((user + system) / 1e6);
});
process.stdout.write(`${origin}\n`);
