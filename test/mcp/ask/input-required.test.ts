import t from 'tap';
import {
  checkCapabilities,
  readInputRequired,
  readRound,
} from '../../../src/mcp/ask/input-required.ts';

const form = { method: 'elicitation/create', params: { message: 'Who?' } };
const url = { method: 'elicitation/create', params: { mode: 'url', url: 'https://example.com' } };
const sampling = { method: 'sampling/createMessage', params: {} };
const toolUse = { method: 'sampling/createMessage', params: { tools: [{}] } };
const toolChoice = { method: 'sampling/createMessage', params: { toolChoice: { mode: 'auto' } } };
const context = { method: 'sampling/createMessage', params: { includeContext: 'allServers' } };
const roots = { method: 'roots/list' };

t.test('an answer that asks for more is told from every other', async (t) => {
  const inputRequests = { who: form };
  const asking = { resultType: 'input_required', inputRequests, requestState: 's', content: [] };
  t.same(readInputRequired(asking), { inputRequests, requestState: 's' });
  t.same(readInputRequired({ resultType: 'input_required', requestState: 's' }), {
    requestState: 's',
  });
  const bare = { method: 'elicitation/create' };
  const every = { a: form, b: url, c: sampling, d: roots, e: bare, f: { ...bare, params: [] } };
  t.same(readInputRequired({ resultType: 'input_required', inputRequests: every }), {
    inputRequests: every,
  });
  for (const other of [undefined, null, [], {}, { resultType: 'complete' }, { inputRequests }]) {
    t.equal(readInputRequired(other), undefined);
  }
});

t.test('a backend that asks for what no client knows has failed', async (t) => {
  const rows: object[] = [
    {},
    { requestState: 7 },
    { inputRequests: [] },
    { inputRequests: { a: null } },
    { inputRequests: { a: { method: 'tools/call' } } },
    { inputRequests: { a: { method: 'constructor' } } },
    { inputRequests: { a: { method: 'elicitation/create', params: { mode: 'voice' } } } },
    { inputRequests: { a: form, b: { method: 'tools/call' } } },
  ];
  for (const row of rows) {
    const refusal = { code: 'upstream_failed', detail: { reason: 'bad_input_request' } };
    t.throws(() => readInputRequired({ resultType: 'input_required', ...row }), refusal);
  }
});

t.test('a client is asked only for what it declared', async (t) => {
  const passes: [object, Record<string, unknown>][] = [
    [{ a: form }, { elicitation: {} }],
    [{ a: form }, { elicitation: { form: {} } }],
    [{ a: url }, { elicitation: { url: {} } }],
    [
      { a: sampling, b: roots },
      { sampling: {}, roots: {} },
    ],
    [{ a: toolUse, b: toolChoice }, { sampling: { tools: {} } }],
    [{ a: context }, { sampling: { context: {} } }],
    [{}, {}],
  ];
  for (const [inputRequests, capabilities] of passes) {
    checkCapabilities({ inputRequests: { ...inputRequests } }, capabilities);
  }
  checkCapabilities({ requestState: 's' }, {});
  checkCapabilities({ inputRequests: { a: { method: 'other' }, b: 1 } }, {});
  const misses: [object, Record<string, unknown>, object][] = [
    [{ a: sampling }, {}, { sampling: {} }],
    [{ a: sampling }, { sampling: true }, { sampling: {} }],
    [{ a: form, b: roots }, { roots: {} }, { elicitation: { form: {} } }],
    [{ a: form }, { elicitation: { url: {} } }, { elicitation: { form: {} } }],
    [{ a: url }, { elicitation: {} }, { elicitation: { url: {} } }],
    [{ a: toolUse }, { sampling: {} }, { sampling: { tools: {} } }],
    [{ a: toolChoice }, { sampling: {} }, { sampling: { tools: {} } }],
    [{ a: context }, { sampling: { tools: {} } }, { sampling: { context: {} } }],
    [{ a: roots }, { elicitation: {} }, { roots: {} }],
    [{ a: form, b: url, c: form }, {}, { elicitation: { form: {}, url: {} } }],
    [{ a: toolUse, b: sampling }, {}, { sampling: { tools: {} } }],
  ];
  for (const [inputRequests, capabilities, requiredCapabilities] of misses) {
    const check = () => checkCapabilities({ inputRequests: { ...inputRequests } }, capabilities);
    const error = t.throws(check, { code: -32021, status: 400 });
    t.same(Object(error).data, { requiredCapabilities }, 'all that is missing, and nothing else');
  }
});

t.test('what a client brings along is a map of responses and a text', async (t) => {
  t.same(readRound({}), {});
  const round = { inputResponses: { who: { action: 'accept' } }, requestState: 's' };
  t.same(readRound({ ...round, name: 'book' }), round);
  const bad = [
    { inputResponses: null },
    { inputResponses: [] },
    { inputResponses: { who: 12345 } },
    { inputResponses: { who: {}, where: 12345 } },
    { requestState: null },
    { requestState: {} },
  ];
  for (const params of bad) t.throws(() => readRound(params), { code: -32602 });
});
