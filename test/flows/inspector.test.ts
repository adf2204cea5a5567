import t from 'tap';
import { loadCatalog } from '../../src/tools/catalog.ts';
import { inspect } from '../official-clients/inspector.ts';
import { type AnswerWith, json } from '../recorder.ts';
import { setStage } from '../stage.ts';

const catalog = {
  tools: [
    {
      name: 'greet',
      description: 'Greets somebody.',
      scopes: ['events:read'],
      inputSchema: {
        type: 'object',
        properties: { name: { type: 'string', description: 'Whom.' } },
        required: ['name'],
      },
    },
    { name: 'addEvent', description: 'Adds an event.', scopes: ['events:write'] },
  ],
  resources: [
    { uri: 'notes://welcome', name: 'welcome', mimeType: 'text/plain', file: 'welcome.txt' },
  ],
  prompts: [
    {
      name: 'plan',
      arguments: [{ name: 'day', required: true }],
      messages: [{ role: 'user', content: { type: 'text', text: 'Plan {{day}}.' } }],
    },
  ],
};

interface Case {
  readonly it: string;
  readonly args: readonly string[];
  /** With the caller's token unless false. */
  readonly signedIn?: false;
  /** The Inspector's exit code; 0 = well. */
  readonly code?: number;
  readonly said: object;
}

const list: Case = {
  it: 'lists the tools and finds nothing wrong with their schemas',
  args: ['--method', 'tools/list', '--strict'],
  said: { result: { tools: [{ name: 'greet' }, { name: 'addEvent' }] } },
};

const call: Case = {
  it: 'calls a tool as the person whose token it was given',
  args: ['--method', 'tools/call', '--tool-name', 'greet', '--tool-arg', 'name=Ada'],
  said: { result: { structuredContent: { greets: 'auth0|person', name: 'Ada' } } },
};

const needsScope: Case = {
  it: 'says which scope a tool needs that the token does not have',
  args: ['--method', 'tools/call', '--tool-name', 'addEvent'],
  code: 1,
  said: { error: { message: /Insufficient scope: .*events:write/ } },
};

const needsLogin: Case = {
  it: 'says that a login is needed, with the exit code for it',
  args: ['--method', 'tools/list'],
  signedIn: false,
  code: 3,
  said: { error: { code: 'auth_required' } },
};

const read: Case = {
  it: 'reads a resource',
  args: ['--method', 'resources/read', '--uri', 'notes://welcome'],
  said: { result: { contents: [{ uri: 'notes://welcome', text: 'Welcome.' }] } },
};

const prompt: Case = {
  it: 'gets a prompt, filled in',
  args: ['--method', 'prompts/get', '--prompt-name', 'plan', '--prompt-args', 'day=Monday'],
  said: { result: { messages: [{ role: 'user', content: { text: 'Plan Monday.' } }] } },
};

/** Each run is a process and takes a second, so not everything is done twice. */
const cases = [
  ...[list, call, read, needsScope, needsLogin].map((one) => ({ ...one, era: 'legacy' })),
  ...[list, call, prompt].map((one) => ({ ...one, era: 'modern' })),
];

t.test('the Inspector’s command line', async (t) => {
  t.jobs = 2;
  const answer: AnswerWith = (response, received) => {
    const { headers, body } = received;
    json({ greets: headers['x-user-id'], ...JSON.parse(body) })(response, received);
  };
  const folder = t.testdir({
    'tools.json': JSON.stringify(catalog),
    'welcome.txt': 'Welcome.',
  });
  const parts = { catalog: loadCatalog({ TOOLS_FILE: `${folder}/tools.json` }) };
  const { gateway, issuer } = await setStage(t, { parts, answer });
  const token = await issuer.token();
  for (const { it, era, args, signedIn = true, code = 0, said } of cases)
    t.test(`${era}: it ${it}`, { buffered: true }, async (t) => {
      const header = signedIn ? ['--header', `Authorization: Bearer ${token}`] : [];
      const run = await inspect(t, `${gateway.url}/mcp`, [
        '--protocol-era',
        era,
        ...args,
        ...header,
      ]);
      t.match(run, { code, said });
    });
});
