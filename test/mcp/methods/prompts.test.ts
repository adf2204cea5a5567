import t from 'tap';
import { json } from '../../recorder.ts';
import { bearer, parsed, type Sent } from '../../send.ts';
import { setStage } from '../../stage.ts';

const anonymous: Sent = { headers: { authorization: [] } };
const message = (text: string) => ({ role: 'user', content: { type: 'text', text } });
const plan = {
  name: 'plan',
  title: 'Plan a day',
  description: 'Plans a day.',
  arguments: [
    { name: 'day', description: 'Which day', required: true, values: ['Monday', 'Tuesday'] },
    { name: 'mood' },
  ],
  messages: [message('Plan {{day}}, {{mood}}.')],
};
const plain = { name: 'plain', messages: [message('Hello.')] };
const served = {
  name: 'served',
  path: 'prompts/served',
  scopes: ['prompts'],
  arguments: [{ name: 'a' }],
};
const more = { prompts: [plan, plain, served] };
const scope = 'prompts events:read';
const resultOf = (body: Record<string, unknown>) => Object(body['result']);

t.test('prompts are listed with their arguments, and declared', async (t) => {
  const { mcp, modern } = await setStage(t, { more });
  const { messages: _, ...listed } = plan;
  const args = [{ name: 'day', description: 'Which day', required: true }, { name: 'mood' }];
  const prompts = [
    { ...listed, arguments: args },
    { name: 'plain' },
    { name: 'served', arguments: served.arguments },
  ];
  t.same(resultOf(parsed(await mcp('prompts/list'))), { prompts });
  const now = resultOf(parsed(await modern('prompts/list')));
  t.match(now, { prompts, ttlMs: 300_000, cacheScope: 'private' });
  const capabilities = { tools: {}, prompts: {}, completions: {} };
  t.same(resultOf(parsed(await mcp('initialize'))).capabilities, capabilities);
});

t.test('a prompt without arguments completes nothing', async (t) => {
  const { mcp } = await setStage(t, { more: { prompts: [plain] } });
  t.same(resultOf(parsed(await mcp('initialize'))).capabilities, { tools: {}, prompts: {} });
  t.match(parsed(await mcp('completion/complete')), { error: { code: -32601 } });
});

t.test('a prompt of the catalog is filled with its arguments', async (t) => {
  const { mcp, backend } = await setStage(t, { more });
  const filled = await mcp('prompts/get', { name: 'plan', arguments: { day: 'Monday' } });
  t.same(resultOf(parsed(filled)), {
    description: 'Plans a day.',
    messages: [message('Plan Monday, .')],
  });
  const got = await mcp('prompts/get', { name: 'plain' });
  t.same(resultOf(parsed(got)), { messages: [message('Hello.')] });
  t.same(backend.received, []);
});

t.test('a prompt of the backend is asked for as the caller', async (t) => {
  const answer = json({ messages: [message('Hi.')], description: 'Greets.' });
  const { mcp, modern, backend, issuer } = await setStage(t, { more, answer });
  const sent = { headers: bearer(await issuer.token({ scope })) };
  const call = { name: 'served', arguments: { a: 'b' } };
  t.same(resultOf(parsed(await mcp('prompts/get', call, sent))), {
    messages: [message('Hi.')],
    description: 'Greets.',
  });
  t.match(resultOf(parsed(await modern('prompts/get', call, sent))), { resultType: 'complete' });
  const [first] = backend.received;
  t.match(first, { path: '/prompts/served', body: '{"a":"b"}' });
  t.match(first?.headers, { 'x-tool-name': 'prompts/served', 'x-user-id': 'auth0|person' });
});

t.test('names, arguments and scopes are checked before anything is asked', async (t) => {
  const { mcp, backend } = await setStage(t, { more });
  const bad = [
    {},
    { name: 7 },
    { name: 'nothing' },
    { name: 'constructor' },
    { name: 'plan' },
    { name: 'plan', arguments: { mood: 'good' } },
    { name: 'plan', arguments: { day: 7 } },
    { name: 'plan', arguments: { day: 'Monday', other: 'x' } },
    { name: 'plan', arguments: { toString: 'x', day: 'Monday' } },
    { name: 'plan', arguments: [] },
    { name: 'plan', arguments: Object.create({ day: 'Monday' }) },
  ];
  for (const params of bad) {
    t.match(parsed(await mcp('prompts/get', params)), { error: { code: -32602 } });
  }
  t.equal((await mcp('prompts/get', { name: 'served' })).status, 403);
  t.same(backend.received, []);
});

t.test('a backend that answers no messages, or an error, has failed', async (t) => {
  const stage = await setStage(t, { more, answer: json({ error: 'No such prompt.' }, 500) });
  const { mcp, backend, issuer } = stage;
  const sent = { headers: bearer(await issuer.token({ scope })) };
  const error = async () => parsed(await mcp('prompts/get', { name: 'served' }, sent))['error'];
  t.match(await error(), { code: -32603, message: 'No such prompt.' });
  for (const value of [{}, { messages: 'none' }, [], { messages: [{ role: 'user' }] }]) {
    backend.answer = json(value);
    t.match(await error(), { code: -32603, message: /no messages/ });
  }
});

t.test('an interactive prompt may ask first', async (t) => {
  const asking = { ...served, scopes: [], interactive: true };
  const answer = json({ resultType: 'input_required', requestState: 's' });
  const { modern } = await setStage(t, { more: { prompts: [asking] }, answer });
  const got = resultOf(parsed(await modern('prompts/get', { name: 'served' })));
  t.match(got, { resultType: 'input_required', requestState: String });
});

t.test('values of an argument are completed by how they begin', async (t) => {
  const many = Array.from({ length: 150 }, (_, i) => `v${i}`);
  const big = { ...plain, name: 'big', arguments: [{ name: 'n', values: many }] };
  const secret = { ...big, name: 'secret', scopes: ['prompts'] };
  const { mcp } = await setStage(t, { more: { prompts: [plan, big, secret] } });
  const complete = async (name: unknown, argument: unknown, type = 'ref/prompt') =>
    parsed(await mcp('completion/complete', { ref: { type, name }, argument }));
  const values = async (...asked: Parameters<typeof complete>) =>
    resultOf(await complete(...asked)).completion;
  const day = (value?: string) => ({ name: 'day', value });
  t.same(await values('plan', day('mo')), { values: ['Monday'], total: 1, hasMore: false });
  t.same(await values('plan', day()), {
    values: plan.arguments[0]?.values,
    total: 2,
    hasMore: false,
  });
  t.same(await values('plan', { name: 'mood', value: '' }), {
    values: [],
    total: 0,
    hasMore: false,
  });
  t.match(await values('big', { name: 'n', value: 'v' }), { total: 150, hasMore: true });
  t.equal((await values('big', { name: 'n', value: 'v' })).values.length, 100);
  t.match(await complete('nothing', day()), { error: { code: -32602 } });
  t.match(await complete('plan', { name: 'none' }), { error: { code: -32602 } });
  t.match(await complete('plan', day(), 'ref/other'), { error: { code: -32602 } });
  t.match(await complete('plan', undefined), { error: { code: -32602 } });
  t.match(parsed(await mcp('completion/complete')), { error: { code: -32602 } });
  t.match(await complete('secret', { name: 'n' }), {
    error: { data: { error: 'insufficient_scope' } },
  });
});

t.test('the variables of a template are known, and have no values', async (t) => {
  const resources = [
    { uriTemplate: 'days://{day}', name: 'day', path: 'day' },
    { uriTemplate: 'vault://{key}', name: 'vault', path: 'vault', scopes: ['vault'] },
  ];
  const { mcp } = await setStage(t, { more: { ...more, resources } });
  const complete = async (uri: string, name: string) =>
    parsed(
      await mcp('completion/complete', { ref: { type: 'ref/resource', uri }, argument: { name } }),
    );
  const nothing = { completion: { values: [], total: 0, hasMore: false } };
  t.same(resultOf(await complete('days://{day}', 'day')), nothing);
  t.match(await complete('days://{day}', 'hour'), { error: { code: -32602 } });
  t.match(await complete('days://monday', 'day'), { error: { code: -32602 } });
  const closed = await complete('vault://{key}', 'key');
  t.match(closed, { error: { data: { error: 'insufficient_scope' } } });
});

t.test(
  'what is written in the catalog leaves a line in the log too, and so does what is not there',
  async (t) => {
    const { mcp, gateway } = await setStage(t, { more });
    await mcp('prompts/get', { name: 'plain' });
    await mcp('prompts/get', { name: 'nothing' });
    t.match(gateway.lines.slice(-2), [
      { granted: true, outcome: 'ok', status: 200, tool: 'prompts/plain', sub: 'auth0|person' },
      { granted: false, code: 'not_found', sub: 'auth0|person' },
    ]);
  },
);

t.test('with TOOLS_LIST=allowed a list shows what the caller may get', async (t) => {
  const open = { ...plain, name: 'open', public: true };
  const env = { TOOLS_LIST: 'allowed' };
  const tools = [{ name: 'look', public: true }];
  const { mcp } = await setStage(t, { tools, more: { prompts: [open, plan, served] }, env });
  const names = async (sent?: Sent) =>
    resultOf(parsed(await mcp('prompts/list', {}, sent))).prompts.map(Object);
  t.match(await names(anonymous), [{ name: 'open' }]);
  t.match(await names(), [{ name: 'open' }, { name: 'plan' }]);
});
