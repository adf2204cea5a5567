import { readFileSync } from 'node:fs';
import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  completable,
  createMcpHandler,
  createRequestStateCodec,
  fromJsonSchema,
  type GetPromptResult,
  hostHeaderValidationResponse,
  type JsonSchemaType,
  localhostAllowedHostnames,
  McpServer,
  ResourceTemplate,
  type ServerContext,
  type ServerNotifier,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Teardown } from '../gateway-process.ts';
import { fixtures } from './backend.ts';
import type { Report, Round } from './fixture.ts';
import { serveFetch } from './serve-fetch.ts';
import type { Stand } from './stand.ts';

interface ToolEntry {
  readonly name: string;
  readonly description: string;
  readonly inputSchema?: JsonSchemaType;
}

const catalog = new URL('catalog.json', import.meta.url);
const { tools } = JSON.parse(readFileSync(catalog, 'utf8')) as { tools: readonly ToolEntry[] };
const states = createRequestStateCodec<string>({ key: 'state-secret-of-the-plain-server-0123' });

/** The round of a call as the SDK tells it. */
function roundOf(sent: unknown, { mcpReq }: ServerContext): Round {
  const envelope = Object(mcpReq.envelope) as Record<string, unknown>;
  const { inputResponses } = mcpReq;
  const requestState = mcpReq.requestState<string>();
  return {
    arguments: Object(sent) as Record<string, unknown>,
    clientCapabilities: Object(envelope[CLIENT_CAPABILITIES_META_KEY]) as Record<string, unknown>,
    ...(inputResponses ? { inputResponses } : {}),
    ...(requestState === undefined ? {} : { requestState }),
  };
}

/** Answers a round with its fixture; a state it wants back goes out sealed. */
async function answer(
  name: string,
  round: Round,
  report: Report = async () => {},
): Promise<object> {
  if (fixtures[name]) asked.add(name);
  const said: { requestState?: string } = (await fixtures[name]?.(round, report)) ?? {};
  const { requestState } = said;
  return requestState === undefined
    ? said
    : { ...said, requestState: await states.mint(requestState) };
}

let asked = new Set<string>();

const reportTo =
  ({ mcpReq }: ServerContext): Report =>
  async (progress) => {
    const progressToken = mcpReq._meta?.progressToken;
    if (progressToken === undefined) return;
    const params = { progressToken, ...progress };
    await mcpReq.notify({ method: 'notifications/progress', params });
  };

function addTools(server: McpServer): void {
  for (const { name, description, inputSchema = { type: 'object' } } of tools) {
    const config = { description, inputSchema: fromJsonSchema(inputSchema) };
    server.registerTool(name, config, async (sent, context) => {
      if (name === 'test_tool_with_logging') {
        for (const part of ['started', 'half way', 'done']) await context.mcpReq.log('info', part);
      }
      return (await answer(name, roundOf(sent, context), reportTo(context))) as CallToolResult;
    });
  }
}

function addResources(server: McpServer): void {
  const read = (name: string) => readFileSync(new URL(`files/${name}`, import.meta.url));
  server.registerResource(
    'static-text',
    'test://static-text',
    { mimeType: 'text/plain' },
    (uri) => ({
      contents: [{ uri: uri.href, mimeType: 'text/plain', text: String(read('static.txt')) }],
    }),
  );
  server.registerResource(
    'static-binary',
    'test://static-binary',
    { mimeType: 'image/png' },
    (uri) => ({
      contents: [
        { uri: uri.href, mimeType: 'image/png', blob: read('static.png').toString('base64') },
      ],
    }),
  );
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined });
  const mimeType = 'application/json';
  server.registerResource('template', template, { mimeType }, async (uri, variables, context) => {
    const data = await answer('template', roundOf(variables, context));
    return { contents: [{ uri: uri.href, mimeType, text: JSON.stringify(data) }] };
  });
}

function addPrompts(server: McpServer): void {
  const user = (said: string): GetPromptResult => ({
    messages: [{ role: 'user', content: { type: 'text', text: said } }],
  });
  server.registerPrompt('test_simple_prompt', { description: 'One message' }, () =>
    user('This is a simple prompt for testing.'),
  );
  const arg1 = completable(z.string(), (begun) =>
    ['testValue1', 'testValue2', 'paris'].filter((value) => value.startsWith(begun)),
  );
  const two = { description: 'Two arguments', argsSchema: z.object({ arg1, arg2: z.string() }) };
  server.registerPrompt('test_prompt_with_arguments', two, ({ arg1, arg2 }) =>
    user(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`),
  );
  const embed = { description: 'A resource', argsSchema: z.object({ resourceUri: z.string() }) };
  server.registerPrompt('test_prompt_with_embedded_resource', embed, ({ resourceUri: uri }) => ({
    messages: [
      {
        role: 'user',
        content: { type: 'resource', resource: { uri, mimeType: 'text/plain', text: 'Embedded.' } },
      },
    ],
  }));
  for (const name of ['test_prompt_with_image', 'test_input_required_result_prompt']) {
    server.registerPrompt(name, { description: 'Of a fixture' }, async (context) => {
      return (await answer(name, roundOf({}, context))) as GetPromptResult;
    });
  }
}

/** The SDK declares that its lists change; these let the suite see that it says so. */
function addHooks(server: McpServer, notify: ServerNotifier): void {
  server.registerTool('test_trigger_tool_change', { description: 'Changes the tools' }, () => {
    notify.toolsChanged();
    return { content: [] };
  });
  server.registerTool('test_trigger_prompt_change', { description: 'Changes the prompts' }, () => {
    notify.promptsChanged();
    return { content: [] };
  });
}

/** A server of the official SDK with the same fixtures: no login, no gateway, no session. */
export async function setPlainStand(t: Teardown): Promise<Stand> {
  const handler = createMcpHandler(() => {
    const server = new McpServer(
      { name: 'plain', version: '1.0.0' },
      { capabilities: { logging: {} }, requestState: { verify: states.verify } },
    );
    addTools(server);
    addResources(server);
    addPrompts(server);
    addHooks(server, handler.notify);
    return server;
  });
  t.teardown(() => handler.close());
  const url = await serveFetch(t, async (request) => {
    const foreign = hostHeaderValidationResponse(request, localhostAllowedHostnames());
    return foreign ?? handler.fetch(request);
  });
  const taken = (): ReadonlySet<string> => {
    const seen = asked;
    asked = new Set();
    return seen;
  };
  return { url: `${url}/mcp`, taken };
}
