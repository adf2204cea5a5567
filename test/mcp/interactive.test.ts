import t from 'tap';
import type { AnswerWith } from '../recorder.ts';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';

const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
const asks = { method: 'elicitation/create', params: { message: 'Which seat?' } };
const able = { _meta: { [capabilitiesKey]: { elicitation: {} } } };

/** Asks for a seat, with a state, and books it once it knows. */
const booking: AnswerWith = (response, { body }) => {
  const { inputResponses, requestState } = JSON.parse(body);
  response.writeHead(200, { 'content-type': 'application/json' });
  const wanted = {
    resultType: 'input_required',
    inputRequests: { seat: asks },
    requestState: 'seat map 7',
    ignored: true,
  };
  const booked = { seat: inputResponses?.seat.content.seat, requestState };
  response.end(JSON.stringify(inputResponses ? booked : wanted));
};
const tools = [{ name: 'book', interactive: true }, { name: 'plain' }];
const call = { name: 'book', arguments: { show: 'Hamlet' }, ...able };
const inputResponses = { seat: { action: 'accept', content: { seat: 'B4' } } };

t.test('an interactive tool asks, and gets the answer with the state it gave', async (t) => {
  const { modern, backend } = await setStage(t, { tools, answer: booking });
  const first = Object(parsed(await modern('tools/call', call))['result']);
  t.match(first, { resultType: 'input_required', inputRequests: { seat: asks } });
  t.notOk('ignored' in first);
  t.notMatch(first.requestState, /seat/, 'a client cannot read the state');
  t.ok(first._meta, 'it says who answers');
  const { requestState } = first;
  const second = await modern('tools/call', { ...call, inputResponses, requestState });
  const structuredContent = { seat: 'B4', requestState: 'seat map 7' };
  t.match(parsed(second)['result'], { resultType: 'complete', structuredContent });
  t.same(
    backend.received.map(({ body }) => JSON.parse(body)),
    [
      { arguments: { show: 'Hamlet' }, clientCapabilities: { elicitation: {} } },
      {
        arguments: { show: 'Hamlet' },
        clientCapabilities: { elicitation: {} },
        inputResponses,
        requestState: 'seat map 7',
      },
    ],
  );
});

t.test('a state works for its caller and its call only', async (t) => {
  const { modern, backend, issuer } = await setStage(t, { tools, answer: booking });
  const { requestState } = Object(parsed(await modern('tools/call', call))['result']);
  const again = { ...call, inputResponses, requestState };
  const refused = { error: { code: -32602, message: /requestState/ } };
  const other = { headers: { authorization: `Bearer ${await issuer.token({ sub: 'auth0|b' })}` } };
  t.match(parsed(await modern('tools/call', again, other)), refused, 'another person');
  const client = { headers: { authorization: `Bearer ${await issuer.token({ azp: 'other' })}` } };
  t.match(parsed(await modern('tools/call', again, client)), refused, 'another client');
  const changed = { ...again, arguments: { show: 'Lear' } };
  t.match(parsed(await modern('tools/call', changed)), refused, 'other arguments');
  const tampered = { ...again, requestState: `${requestState}-TAMPERED` };
  t.match(parsed(await modern('tools/call', tampered)), refused, 'another state');
  t.equal(backend.received.length, 1, 'the backend saw none of them');
  const broken = { ...call, inputResponses: { seat: 12345 } };
  t.match(parsed(await modern('tools/call', broken)), { error: { code: -32602 } });
  t.equal(backend.received.length, 1);
});

t.test('a client is never asked for what it did not declare', async (t) => {
  const { modern } = await setStage(t, { tools, answer: booking });
  const got = await modern('tools/call', { ...call, _meta: {} });
  t.equal(got.status, 400);
  const data = { requiredCapabilities: { elicitation: { form: {} } } };
  t.match(parsed(got), { id: 7, error: { code: -32021, data } });
});

t.test('a client of the legacy era is told that it cannot be asked', async (t) => {
  const { mcp, call: rest, backend } = await setStage(t, { tools, answer: booking });
  const got = parsed(await mcp('tools/call', { name: 'book', arguments: { show: 'Hamlet' } }));
  t.match(got, { result: { isError: true, content: [{ text: /2026-07-28/ }] } });
  t.match(parsed(await rest('book', { show: 'Lear' })), { resultType: 'input_required' });
  const [first, second] = backend.received.map(({ body }) => JSON.parse(body));
  t.same(first, { arguments: { show: 'Hamlet' }, clientCapabilities: {} });
  t.same(second, { arguments: { show: 'Lear' }, clientCapabilities: {} });
});

t.test(
  'a state without requests is passed on, and one that was not given is not made up',
  async (t) => {
    const answer: AnswerWith = (response, { body }) => {
      const { arguments: input } = JSON.parse(body);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ resultType: 'input_required', ...input }));
    };
    const { modern } = await setStage(t, { tools, answer });
    const ask = async (input: object) =>
      Object(parsed(await modern('tools/call', { ...call, arguments: input })));
    t.match(await ask({ requestState: 'later' }), { result: { requestState: String } });
    const asked = await ask({ inputRequests: { seat: asks } });
    t.same(Object.keys(asked.result).sort(), ['_meta', 'inputRequests', 'resultType']);
    t.match(await ask({}), { result: { isError: true } }, 'a backend that asks for nothing');
  },
);

t.test('a tool that is not interactive may answer whatever it likes', async (t) => {
  const { modern, backend } = await setStage(t, { tools, answer: booking });
  const got = await modern('tools/call', { ...call, name: 'plain', requestState: 'x' });
  const structuredContent = { resultType: 'input_required' };
  t.match(parsed(got)['result'], { resultType: 'complete', structuredContent });
  t.same(JSON.parse(backend.received[0]?.body ?? ''), { show: 'Hamlet' });
});

t.test('an error of an interactive tool is an error', async (t) => {
  const answer: AnswerWith = (response) => {
    response.writeHead(409, { 'content-type': 'application/json' });
    response.end('{"resultType":"input_required","requestState":"s","error":"Sold out."}');
  };
  const { modern } = await setStage(t, { tools, answer });
  const got = parsed(await modern('tools/call', call));
  t.match(got, { result: { isError: true, content: [{ text: 'Sold out.' }] } });
});

t.test(
  'a state is looked at only once the call is allowed, and a bad one leaves a line',
  async (t) => {
    const closed = { name: 'book', interactive: true, scopes: ['book'] };
    const open = { name: 'look', public: true };
    const stage = await setStage(t, { tools: [closed, open], answer: booking });
    const { modern, gateway, issuer } = stage;
    const again = { ...call, inputResponses, requestState: 'forged' };
    t.equal((await modern('tools/call', again, { headers: { authorization: [] } })).status, 401);
    t.equal((await modern('tools/call', again)).status, 403);
    const sent = { headers: { authorization: `Bearer ${await issuer.token({ scope: 'book' })}` } };
    const got = await modern('tools/call', again, sent);
    t.match(parsed(got), { error: { code: -32602, data: { reason: 'stale_state' } } });
    const lines = gateway.lines.filter(({ granted }) => granted !== undefined);
    t.match(lines, [
      { code: 'missing_token', tool: 'book' },
      { code: 'insufficient_scope', tool: 'book' },
      { granted: false, code: 'invalid_request', reason: 'stale_state', tool: 'book' },
    ]);
    t.equal(lines.length, 3);
  },
);

t.test('each call is told once, however it ends', async (t) => {
  const answers: AnswerWith[] = [
    booking,
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"resultType":"input_required","inputRequests":{"a":{"method":"tools/call"}}}');
    },
    (response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.end('{"progress":1}\n');
    },
  ];
  const lines: Record<string, unknown>[] = [];
  for (const answer of answers) {
    const { modern, gateway } = await setStage(t, { tools, answer });
    await modern('tools/call', { ...call, _meta: {} });
    lines.push(...gateway.lines.filter(({ granted }) => granted !== undefined));
  }
  t.match(lines, [
    { granted: false, code: 'invalid_request', reason: 'protocol', status: 400, tool: 'book' },
    { granted: false, code: 'upstream_failed', reason: 'bad_input_request' },
    { granted: false, code: 'upstream_failed', reason: 'no_answer' },
  ]);
  t.equal(lines.length, 3);
});

t.test('a state that could not come back is not given out', async (t) => {
  const answer: AnswerWith = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const requestState = 'x'.repeat(400);
    response.end(JSON.stringify({ resultType: 'input_required', requestState }));
  };
  const { modern, gateway } = await setStage(t, { tools, answer, env: { BODY_LIMIT: '1024' } });
  const got = await modern('tools/call', { name: 'book', _meta: call._meta });
  t.match(parsed(got), { result: { isError: true, content: [{ text: /BODY_LIMIT/ }] } });
  t.match(gateway.lines.at(-1), { reason: 'bad_input_request' });
});

t.test('whoever has no token may be asked too, where the tool is public', async (t) => {
  const open = { name: 'book', interactive: true, public: true };
  const { modern } = await setStage(t, { tools: [open], answer: booking });
  const anonymous = { headers: { authorization: [] } };
  const first = Object(parsed(await modern('tools/call', call, anonymous))['result']);
  const again = { ...call, inputResponses, requestState: first.requestState };
  const second = parsed(await modern('tools/call', again, anonymous));
  t.match(second, { result: { structuredContent: { requestState: 'seat map 7' } } });
  t.match(parsed(await modern('tools/call', again)), { error: { code: -32602 } }, 'nobody else');
});
