import t from 'tap';
import { type AnswerWith, json } from '../recorder.ts';
import { parsed } from '../send.ts';
import { type StageOptions, setStage } from '../stage.ts';

const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
const may = (capabilities: unknown) => ({ _meta: { [capabilitiesKey]: capabilities } });
const form = { method: 'elicitation/create', params: { message: 'Which?' } };
const url = { method: 'elicitation/create', params: { mode: 'url', url: 'https://a.example/' } };
const sampling = { method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } };
const asks = (inputRequests: object, more: object = {}): AnswerWith =>
  json({ resultType: 'input_required', inputRequests, ...more });

const options: StageOptions = {
  tools: [{ name: 'book', interactive: true }, { name: 'plain' }],
  more: {
    prompts: [
      { name: 'plan', path: 'plan', interactive: true },
      { name: 'fixed', path: 'fixed' },
    ],
    resources: [
      { uri: 'days://all', name: 'days', path: 'days', interactive: true },
      { uri: 'note://one', name: 'note', path: 'note' },
    ],
  },
  env: { RATE_LIMIT_PER_MINUTE: '0' },
};
const interactive = [
  ['tools/call', { name: 'book' }],
  ['prompts/get', { name: 'plan' }],
  ['resources/read', { uri: 'days://all' }],
] as const;
const others = [
  ['tools/call', { name: 'plain' }],
  ['prompts/get', { name: 'fixed' }],
  ['resources/read', { uri: 'note://one' }],
] as const;

t.test('nothing a client says lands in the envelope but in its own place', async (t) => {
  const { modern, mcp, backend } = await setStage(t, {
    ...options,
    answer: json({ messages: [] }),
  });
  const smuggled = {
    round: { a: 1 },
    clientCapabilities: { a: 1 },
    'x-user-id': 'auth0|admin',
    caller: 'a',
    path: '../admin',
  };
  const inputResponses = {
    arguments: { action: 'accept' },
    requestState: { action: 'accept' },
    clientCapabilities: { action: 'accept' },
    constructor: { action: 'accept' },
    toString: { action: 'accept' },
  };
  const capabilities = { arguments: { a: 1 }, inputResponses: {}, requestState: 'mine' };
  const said = { ...smuggled, ...may(capabilities), inputResponses, arguments: { day: 'monday' } };
  await modern('tools/call', { ...said, name: 'book' });
  await mcp('tools/call', { ...said, _meta: {}, name: 'book' });
  const [first, second] = backend.received.map(({ body }) => JSON.parse(body));
  const sent = { arguments: { day: 'monday' }, inputResponses };
  t.same(first, { ...sent, clientCapabilities: capabilities });
  t.same(second, { ...sent, clientCapabilities: {} }, 'the era before has none to tell');
  await modern('tools/call', { ...said, name: 'plain' });
  t.same(JSON.parse(backend.received.at(-1)?.body ?? ''), { day: 'monday' });
});

t.test('responses that are none, and a state nobody gave, reach no backend', async (t) => {
  const { modern, mcp, backend } = await setStage(t, options);
  for (const inputResponses of [null, [], 'a', 1, [{}], { a: null }, { a: 'b' }, { a: [] }]) {
    for (const [method, params] of interactive) {
      const got = await modern(method, { ...params, inputResponses });
      t.match(
        parsed(got),
        { error: { message: /inputResponses/ } },
        JSON.stringify([method, inputResponses]),
      );
    }
  }
  for (const send of [modern, mcp]) {
    const got = await send('tools/call', { name: 'book', requestState: 'made up' });
    t.match(parsed(got), { error: { message: /requestState/ } });
  }
  t.same(backend.received, []);
});

t.test('a client is asked for what it declared and for nothing else', async (t) => {
  const { modern, mcp, backend } = await setStage(t, options);
  const rows: [asked: object, declared: unknown][] = [
    [form, {}],
    [form, { elicitation: { url: {} } }],
    [form, { elicitation: null }],
    [form, { elicitation: [] }],
    [form, { elicitation: true }],
    [form, { Elicitation: {} }],
    [form, { 'elicitation ': {} }],
    [form, { constructor: {}, toString: {} }],
    [url, { elicitation: {} }],
    [url, { elicitation: { form: {} } }],
    [url, { elicitation: { url: true } }],
    [url, { elicitation: { URL: {} } }],
    [sampling, { elicitation: {}, roots: {} }],
    [{ ...sampling, params: { ...sampling.params, tools: [{}] } }, { sampling: {} }],
    [{ ...sampling, params: { ...sampling.params, toolChoice: {} } }, { sampling: {} }],
    [
      { ...sampling, params: { ...sampling.params, includeContext: 'allServers' } },
      { sampling: {} },
    ],
    [{ method: 'roots/list' }, { sampling: {}, elicitation: {} }],
  ];
  for (const [asked, declared] of rows) {
    backend.answer = asks({ a: asked });
    for (const [method, params] of interactive) {
      const got = await modern(method, { ...params, ...may(declared) });
      t.match(parsed(got), { error: { code: -32021 } }, JSON.stringify([method, asked, declared]));
    }
  }
  backend.answer = asks({ a: form });
  t.match(parsed(await mcp('tools/call', { name: 'book' })), {
    result: { isError: true },
  });
});

t.test('a kind of request that no client knows is a failure of the backend', async (t) => {
  const { modern, backend } = await setStage(t, options);
  const all = may({ elicitation: { form: {}, url: {} }, sampling: {}, roots: {} });
  const unknown: unknown[] = [
    { ...form, method: 'tools/call' },
    { ...form, method: 'constructor' },
    { ...form, method: ['elicitation/create'] },
    { ...form, params: { mode: 'URL' } },
    { ...form, params: { mode: ['url'] } },
    null,
    [form],
    'elicitation/create',
  ];
  for (const one of unknown) {
    backend.answer = asks({ a: one });
    const got = parsed(await modern('tools/call', { name: 'book', ...all }));
    t.match(got, { result: { isError: true } }, JSON.stringify(one));
  }
  for (const state of [1, null, {}, ['a']]) {
    backend.answer = asks({ a: form }, { requestState: state });
    const got = parsed(await modern('tools/call', { name: 'book', ...all }));
    t.match(got, { result: { isError: true } }, JSON.stringify(state));
  }
});

t.test('a backend that may not ask cannot, whatever it calls its answer', async (t) => {
  const { modern, mcp, backend } = await setStage(t, options);
  const native = {
    content: [],
    messages: [],
    contents: [],
    requestState: 'not sealed',
    resultType: 'input_required',
    inputRequests: { a: form },
  };
  backend.answer = json(native);
  for (const [method, params] of others) {
    const got = parsed(await modern(method, { ...params, ...may({ elicitation: {} }) }));
    t.match(got, { result: { resultType: 'complete' } }, method);
    const legacy = Object(parsed(await mcp(method, params))['result']);
    t.notOk('resultType' in legacy, `${method} of the era before`);
  }
  backend.answer = json({ ...native, resultType: { toString: 'input_required' } });
  for (const [method, params] of interactive) {
    const got = parsed(await modern(method, params));
    t.match(got, { result: { resultType: 'complete' } }, method);
  }
});
