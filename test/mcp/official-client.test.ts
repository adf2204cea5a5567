import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import t from 'tap';
import { json } from '../recorder.ts';
import { type Entry, setStage } from '../stage.ts';

const tools: readonly Entry[] = [
  {
    name: 'listEvents',
    scopes: ['events:read'],
    outputSchema: {
      type: 'object',
      properties: { events: { type: 'array' } },
      required: ['events'],
    },
  },
  { name: 'addEvent', scopes: ['events:write'] },
];

for (const mode of ['legacy', 'auto'] as const)
  t.test(`the official client connects, lists and calls (${mode})`, async (t) => {
    const { gateway, issuer } = await setStage(t, { tools, answer: json({ events: [] }) });
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    const token = await issuer.token();
    const transport = new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    });
    await client.connect(transport);
    t.teardown(() => client.close());
    t.equal(client.getServerVersion()?.name, 'openai-auth0-gateway');
    await client.ping();
    const list = await client.listTools();
    t.same(
      list.tools.map(({ name }) => name),
      ['listEvents', 'addEvent'],
    );
    const called = await client.callTool({ name: 'listEvents', arguments: {} });
    t.match(called, { structuredContent: { events: [] }, content: [{ text: '{"events":[]}' }] });
    await t.rejects(client.callTool({ name: 'nothing' }), { code: -32602 });
    await t.rejects(client.callTool({ name: 'addEvent' }), 'too little scope');
  });
