import t from 'tap';
import { type Belonging, createRequestState } from '../../../src/mcp/ask/request-state.ts';

const secret = 'secret-of-the-test-0123456789';
const mine: Belonging = {
  subject: 'auth0|a',
  clientId: 'c',
  target: 'book',
  input: { seats: 2, at: { row: 1, side: [1, 2] } },
};

t.test('a state comes back as it was, to whom it was given', async (t) => {
  const state = createRequestState([secret]);
  for (const text of ['', 'step 2', '{"grüße":"世界"}', 'x'.repeat(10_000)]) {
    t.equal(state.open(state.seal(text, mine), mine), text);
  }
  const reordered = { ...mine, input: { at: { side: [1, 2], row: 1 }, seats: 2 } };
  t.equal(state.open(state.seal('s', mine), reordered), 's', 'the order of members is no matter');
  t.notMatch(state.seal('step 2', mine), /step/);
  t.not(state.seal('step 2', mine), state.seal('step 2', mine), 'nobody can compare two');
});

t.test('a state is worth nothing to anybody else, for anything else', async (t) => {
  const state = createRequestState([secret]);
  const sealed = state.seal('s', mine);
  const others: Partial<Belonging>[] = [
    { subject: 'auth0|b' },
    { clientId: 'd' },
    { organization: 'org_b' },
    { target: 'cancel' },
    { input: { ...(mine.input as object), seats: 3 } },
    { input: { seats: 2, at: { row: 1, side: [2, 1] } } },
  ];
  for (const other of others) t.equal(state.open(sealed, { ...mine, ...other }), undefined);
});

t.test('a state that was changed, or never sealed, is not opened', async (t) => {
  const state = createRequestState([secret]);
  const sealed = state.seal('step 2', mine);
  const flipped = Buffer.from(sealed, 'base64url');
  for (let i = 0; i < flipped.length; i += 1) {
    const copy = Buffer.from(flipped);
    copy[i] = (copy[i] ?? 0) ^ 1;
    t.equal(state.open(copy.toString('base64url'), mine), undefined, `byte ${i}`);
  }
  for (let end = 0; end < flipped.length; end += 1) {
    const cut = flipped.subarray(0, end).toString('base64url');
    t.equal(state.open(cut, mine), undefined, `${end} bytes`);
  }
  for (const bad of ['', 'x', `${sealed}-TAMPERED`, `${sealed}=`, sealed.slice(0, 40)]) {
    t.equal(state.open(bad, mine), undefined, bad);
  }
});

t.test('a state is good for a quarter of an hour', async (t) => {
  let now = 1_000_000;
  const state = createRequestState([secret], () => now);
  const sealed = state.seal('s', mine);
  now += 15 * 60_000;
  t.equal(state.open(sealed, mine), 's');
  now += 1;
  t.equal(state.open(sealed, mine), undefined);
});

t.test('secrets may rotate; without any, only this process opens', async (t) => {
  const before = createRequestState([secret]).seal('s', mine);
  const rotated = createRequestState(['another-secret-0123456789', secret]);
  t.equal(rotated.open(before, mine), 's');
  t.equal(createRequestState([secret]).open(rotated.seal('s', mine), mine), undefined);
  const alone = createRequestState([]);
  t.equal(alone.open(alone.seal('s', mine), mine), 's');
  t.equal(createRequestState([]).open(alone.seal('s', mine), mine), undefined);
});
