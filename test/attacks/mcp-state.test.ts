import type { JWTPayload } from 'jose';
import t from 'tap';
import type { AnswerWith } from '../recorder.ts';
import { bearer, type Got, parsed } from '../send.ts';
import { type Stage, type StageOptions, setStage } from '../stage.ts';

/** Gives a state to whoever brings none; says the state it was brought. */
const remembering: AnswerWith = (response, { body }) => {
  const { requestState, arguments: input } = JSON.parse(body);
  response.writeHead(200, { 'content-type': 'application/json' });
  const state = { resultType: 'input_required', requestState: `of ${JSON.stringify(input)}` };
  response.end(JSON.stringify(requestState === undefined ? state : { messages: [], requestState }));
};

const args = [{ name: 'day' }];
const secrets = { GATEWAY_HMAC_SECRET: 'first-secret-of-the-tests-0123456789' };
const options: StageOptions = {
  tools: [
    { name: 'plan', interactive: true },
    { name: 'look', interactive: true },
    { name: 'open', interactive: true, public: true },
  ],
  more: { prompts: [{ name: 'plan', path: 'plan', arguments: args, interactive: true }] },
  answer: remembering,
  env: { ...secrets, RATE_LIMIT_PER_MINUTE: '0' },
};

const call = { name: 'plan', arguments: { day: 'monday' } };
const refused = { error: { message: /requestState/ } };
const stateIn = (got: Got): string => Object(parsed(got)['result']).requestState;

/** The headers of somebody else. */
const as = async ({ issuer }: Stage, claims: JWTPayload) => ({
  headers: bearer(await issuer.token(claims)),
});

t.test('a state is worth nothing to anybody else, nor for anything else', async (t) => {
  const stage = await setStage(t, options);
  const { modern, mcp, backend } = stage;
  const requestState = stateIn(await modern('tools/call', call));
  const again = { ...call, requestState };
  for (const claims of [
    { sub: 'auth0|other' },
    { azp: 'tpc_other' },
    { org_id: 'org_other' },
    { sub: 'tpc_client', azp: 'auth0|person' },
    { sub: 'auth0|person","tpc_client', azp: '' },
  ]) {
    const got = await modern('tools/call', again, await as(stage, claims));
    t.match(parsed(got), refused, JSON.stringify(claims));
  }
  const others = [
    { name: 'look' },
    { name: 'open' },
    { arguments: { day: 'tuesday' } },
    { arguments: { day: 'monday', more: 1 } },
    { arguments: {} },
    { arguments: undefined },
    { arguments: { day: ['monday'] } },
  ];
  for (const other of others) {
    const got = await modern('tools/call', { ...again, ...other });
    t.match(parsed(got), refused, JSON.stringify(other));
  }
  const prompt = await modern('prompts/get', { ...again });
  t.match(parsed(prompt), refused, 'a prompt of the same name, with the same arguments');
  t.match(parsed(await mcp('tools/call', { ...again, name: 'look' })), refused, 'the other era');
  t.equal(backend.received.length, 1, 'the backend saw none of them');
  const served = await modern('tools/call', again);
  t.match(parsed(served), { result: { structuredContent: { requestState: /monday/ } } });
});

t.test('one organization of a person does not know the state of another', async (t) => {
  const stage = await setStage(t, options);
  const { modern } = stage;
  const mine = await as(stage, { org_id: 'org_a' });
  const requestState = stateIn(await modern('tools/call', call, mine));
  const foreign = await as(stage, { org_id: 'org_b' });
  const got = await modern('tools/call', { ...call, requestState }, foreign);
  t.match(parsed(got), refused);
  t.match(parsed(await modern('tools/call', { ...call, requestState })), refused, 'nor does none');
  const own = await modern('tools/call', { ...call, requestState }, mine);
  t.match(parsed(own), { result: { resultType: 'complete' } });
});

t.test('a state of nobody is not for a person, and the other way round', async (t) => {
  const { modern, backend } = await setStage(t, options);
  const open = { name: 'open', arguments: {} };
  const anonymous = { headers: { authorization: [] } };
  const ofNobody = stateIn(await modern('tools/call', open, anonymous));
  const ofPerson = stateIn(await modern('tools/call', open));
  t.match(parsed(await modern('tools/call', { ...open, requestState: ofNobody })), refused);
  const got = await modern('tools/call', { ...open, requestState: ofPerson }, anonymous);
  t.match(parsed(got), refused);
  t.equal(backend.received.length, 2);
});

t.test('no state can be made of two, nor changed, shortened or spelled anew', async (t) => {
  const { modern, backend } = await setStage(t, options);
  const look = { name: 'look', arguments: {} };
  const one = stateIn(await modern('tools/call', call));
  const two = stateIn(await modern('tools/call', look));
  const bytes = (state: string): Buffer => Buffer.from(state, 'base64url');
  const spliced = [12, 28, 36].flatMap((at) =>
    [
      Buffer.concat([bytes(one).subarray(0, at), bytes(two).subarray(at)]),
      Buffer.concat([bytes(two).subarray(0, at), bytes(one).subarray(at)]),
    ].map((state) => state.toString('base64url')),
  );
  const flipped = [...bytes(one).keys()].map((at) => {
    const copy = Buffer.from(bytes(one));
    copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
    return copy.toString('base64url');
  });
  const cut = [0, 1, 12, 27, 28, 35, 36].map((at) =>
    bytes(one).subarray(0, at).toString('base64url'),
  );
  const spelled = [
    `${one}=`,
    `${one}\n`,
    ` ${one}`,
    `${one}A`,
    one.replace(/.$/, '+'),
    one.slice(1),
  ];
  const odd = ['', '\u0000', '\ud800', 'a'.repeat(900_000), '__proto__'];
  for (const requestState of [...spliced, ...flipped, ...cut, ...spelled, ...odd]) {
    const got = await modern('tools/call', { ...call, requestState });
    const { message } = Object(parsed(got)['error']);
    if (!/requestState/.test(message)) t.fail(requestState.slice(0, 100));
  }
  for (const requestState of [null, 1, {}, [one], { toString: one }]) {
    const got = await modern('tools/call', { ...call, requestState });
    t.match(parsed(got), refused, JSON.stringify(requestState));
  }
  t.equal(backend.received.length, 2);
});

t.test('secrets decide how long a state lives: rotated, kept, or made at the start', async (t) => {
  const first = await setStage(t, options);
  const token = await as(first, {});
  const requestState = stateIn(await first.modern('tools/call', call, token));
  const sameIssuer = { OAUTH_ISSUER: first.issuer.issuer, RATE_LIMIT_PER_MINUTE: '0' };
  const replay = async (GATEWAY_HMAC_SECRET: string): Promise<Got> => {
    const env = { ...sameIssuer, GATEWAY_HMAC_SECRET };
    const { modern } = await setStage(t, { ...options, env });
    return modern('tools/call', { ...call, requestState }, token);
  };
  const other = 'second-secret-of-the-tests-0123456789';
  t.match(parsed(await replay(`${other},${secrets.GATEWAY_HMAC_SECRET}`)), {
    result: { resultType: 'complete' },
  });
  t.match(parsed(await replay(other)), refused, 'the old secret is gone');
  t.match(parsed(await replay('')), refused, 'a restart without secrets');
});
