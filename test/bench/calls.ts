/** One way to call the same tool. */
export interface Way {
  readonly name: string;
  readonly server: 'gateway' | 'sdk';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Of examples/tools.json; it has an output schema. */
export const tool = 'listEvents';

/** What it answers each time. */
export const answered = {
  events: [1, 2, 3].map((id) => ({
    id: `e${id}`,
    title: 'Dentist',
    start: '2027-01-11T09:00:00Z',
  })),
};

const input = { from: '2027-01-11T00:00:00Z' };
const call = { name: tool, arguments: input };

/** As the official client sends it. */
const accept = 'application/json, text/event-stream';

const message = (params: object): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });

const legacy = {
  path: '/mcp',
  headers: { accept, 'mcp-protocol-version': '2025-11-25' },
  body: message(call),
};

const modern = {
  path: '/mcp',
  headers: {
    accept,
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': tool,
  },
  body: message({
    ...call,
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'measurement', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  }),
};

export const ways: readonly Way[] = [
  {
    name: 'REST',
    server: 'gateway',
    path: `/tools/${tool}`,
    headers: {},
    body: JSON.stringify(input),
  },
  { name: 'MCP 2025-11-25', server: 'gateway', ...legacy },
  { name: 'MCP 2026-07-28', server: 'gateway', ...modern },
  { name: 'SDK 2025-11-25', server: 'sdk', ...legacy },
  { name: 'SDK 2026-07-28', server: 'sdk', ...modern },
];
