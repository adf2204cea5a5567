import { EventEmitter, once } from 'node:events';
import {
  Client,
  StreamableHTTPClientTransport,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client';
import t, { type Test } from 'tap';
import { loadCatalog } from '../../src/tools/catalog.ts';
import { type AnswerWith, json } from '../recorder.ts';
import { type StageOptions, setStage } from '../stage.ts';

const catalog = {
  instructions: 'Dates are local.',
  tools: [
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
    { name: 'import', scopes: ['events:read'] },
    {
      name: 'inRegion',
      scopes: [],
      inputSchema: {
        type: 'object',
        properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
      },
    },
    { name: 'listNames', scopes: [], outputSchema: { type: 'array', items: { type: 'string' } } },
    { name: 'book', scopes: [], interactive: true },
  ],
  resources: [
    { uri: 'notes://welcome', name: 'welcome', mimeType: 'text/plain', file: 'welcome.txt' },
    { uriTemplate: 'event://{id}', name: 'event', mimeType: 'application/json', path: 'event' },
  ],
  prompts: [
    {
      name: 'plan',
      arguments: [{ name: 'day', required: true, values: ['Monday', 'Tuesday'] }],
      messages: [{ role: 'user', content: { type: 'text', text: 'Plan {{day}}.' } }],
    },
  ],
};

const question = {
  method: 'elicitation/create',
  params: {
    mode: 'form',
    message: 'For how many?',
    requestedSchema: { type: 'object', properties: { people: { type: 'integer' } } },
  },
};

/** The backend: what it is asked for says how it answers. */
const answer: AnswerWith = (response, received) => {
  const input = JSON.parse(received.body);
  const say = (value: unknown) => json(value)(response, received);
  switch (received.path) {
    case '/import': {
      const lines = [{ progress: 1, total: 2 }, { progress: 2, total: 2 }, { imported: 2 }];
      response.setHeader('content-type', 'application/x-ndjson');
      return response.end(lines.map((line) => JSON.stringify(line)).join('\n'));
    }
    case '/listNames':
      return say(['Ada', 'Bob']);
    case '/listEvents':
      return say({ events: [] });
    case '/book': {
      const { inputResponses, requestState } = input;
      if (inputResponses) return say({ requestState, people: inputResponses.who.content.people });
      const inputRequests = { who: question };
      return say({ resultType: 'input_required', inputRequests, requestState: 'half-way' });
    }
    default:
      return say(input);
  }
};

/** An official client that is connected as a person who may read, and the stage it stands on. */
async function connect(
  t: Test,
  mode: VersionNegotiationMode,
  settings: Partial<StageOptions> = {},
) {
  const folder = t.testdir({ 'tools.json': JSON.stringify(catalog), 'welcome.txt': 'Welcome.' });
  const parts = { catalog: loadCatalog({ TOOLS_FILE: `${folder}/tools.json` }) };
  const stage = await setStage(t, { parts, answer, ...settings });
  const capabilities = { elicitation: { form: {} } };
  const info = { name: 'test', version: '1' };
  const client = new Client(info, { versionNegotiation: { mode }, capabilities });
  const authorization = `Bearer ${await stage.issuer.token()}`;
  const url = new URL(`${stage.gateway.url}/mcp`);
  const sent: Headers[] = [];
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers: { authorization } },
    fetch: (to, init) => {
      sent.push(new Headers(init?.headers));
      return fetch(to, init);
    },
  });
  await client.connect(transport);
  t.teardown(() => client.close());
  return { ...stage, client, sent };
}

const modes = [
  { name: 'legacy', mode: 'legacy', modern: false },
  { name: 'auto', mode: 'auto', modern: true },
  { name: 'pinned', mode: { pin: '2026-07-28' }, modern: true },
] as const;

for (const { name, mode, modern } of modes)
  t.test(`the official client (${name})`, async (t) => {
    t.test('connects, lists and calls', async (t) => {
      const { client } = await connect(t, mode);
      t.equal(client.getServerVersion()?.name, 'openai-auth0-gateway');
      t.equal(client.getInstructions(), catalog.instructions);
      t.equal(client.getNegotiatedProtocolVersion(), modern ? '2026-07-28' : '2025-11-25');
      if (!modern) await client.ping();
      const list = await client.listTools();
      t.same(
        list.tools.map((tool) => tool.name),
        catalog.tools.map((tool) => tool.name),
      );
      const called = await client.callTool({ name: 'listEvents', arguments: {} });
      t.match(called, {
        structuredContent: { events: { length: 0 } },
        content: [{ text: '{"events":[]}' }],
      });
      await t.rejects(client.callTool({ name: 'nothing' }), { code: -32602 });
      await t.rejects(client.callTool({ name: 'addEvent' }), { name: 'InsufficientScopeError' });
    });

    t.test('reads resources, completes and gets a prompt', async (t) => {
      const { client, backend } = await connect(t, mode);
      const { resources } = await client.listResources();
      t.match(resources, [{ uri: 'notes://welcome', size: 8 }]);
      const { resourceTemplates } = await client.listResourceTemplates();
      t.match(resourceTemplates, [{ uriTemplate: 'event://{id}' }]);
      const { contents } = await client.readResource({ uri: 'notes://welcome' });
      t.match(contents, [{ text: 'Welcome.' }]);
      const read = await client.readResource({ uri: 'event://7' });
      t.match(read.contents, [{ uri: 'event://7', text: '{"id":"7","uri":"event://7"}' }]);
      t.equal(backend.received.at(-1)?.headers['x-user-id'], 'auth0|person');
      await t.rejects(client.readResource({ uri: 'notes://none' }), { code: -32602 });
      const { completion } = await client.complete({
        ref: { type: 'ref/prompt', name: 'plan' },
        argument: { name: 'day', value: 'm' },
      });
      t.same(completion.values, ['Monday']);
      t.match((await client.listPrompts()).prompts, [{ name: 'plan' }]);
      const prompt = await client.getPrompt({ name: 'plan', arguments: { day: 'Monday' } });
      t.match(prompt.messages, [{ content: { text: 'Plan Monday.' } }]);
    });

    t.test('hears of progress before the result', async (t) => {
      const { client } = await connect(t, mode);
      const heard: unknown[] = [];
      const onprogress = (progress: unknown) => void heard.push(progress);
      const result = await client.callTool({ name: 'import' }, { onprogress });
      t.match(result, { structuredContent: { imported: 2 } });
      t.match(heard, [
        { progress: 1, total: 2 },
        { progress: 2, total: 2 },
      ]);
    });

    t.test('ends a call it no longer wants, at the backend too', async (t) => {
      const begun = new EventEmitter();
      const never: AnswerWith = (response) => void begun.emit('call', response);
      const { client } = await connect(t, mode, { answer: never });
      const wanted = new AbortController();
      const call = client.callTool({ name: 'import' }, { signal: wanted.signal });
      const [response] = await once(begun, 'call');
      wanted.abort();
      await t.rejects(call);
      // Without sessions nobody can tell whose call an older notifications/cancelled means.
      if (!modern) await client.close();
      await once(response, 'close');
    });
  });

for (const { name, mode } of modes.filter(({ modern }) => modern))
  t.test(`the official client (${name}), in the revision 2026-07-28`, async (t) => {
    const { client, sent } = await connect(t, mode);
    await client.listTools();

    t.test('mirrors the arguments a tool marks into headers', async (t) => {
      const input = { region: 'Köln' };
      const called = await client.callTool({ name: 'inRegion', arguments: input });
      t.match(called, { structuredContent: input });
      t.equal(sent.at(-1)?.get('mcp-param-region'), '=?base64?S8O2bG4=?=');
    });

    t.test('takes a structured result that is no object', async (t) => {
      const called = await client.callTool({ name: 'listNames' });
      t.same(called.structuredContent, ['Ada', 'Bob']);
    });

    t.test('answers what a tool asks back, and the tool goes on where it was', async (t) => {
      client.setRequestHandler('elicitation/create', () => ({
        action: 'accept',
        content: { people: 4 },
      }));
      const called = await client.callTool({ name: 'book' });
      t.match(called, { structuredContent: { people: 4, requestState: 'half-way' } });
    });
  });
