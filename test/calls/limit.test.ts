import type { JWTPayload } from 'jose';
import t from 'tap';
import { bearer, parsed, type Sent } from '../send.ts';
import { type Stage, setStage } from '../stage.ts';

const twice = { RATE_LIMIT_PER_MINUTE: '2' };
const statuses = async (
  times: number,
  act: () => Promise<{ status: number }>,
): Promise<number[]> => {
  const found: number[] = [];
  for (let i = 0; i < times; i += 1) found.push((await act()).status);
  return found;
};

const as = async ({ issuer }: Stage, claims: JWTPayload): Promise<Sent> => ({
  headers: bearer(await issuer.token(claims)),
});

t.test('a caller counts for itself, over both doors and /auth/me', async (t) => {
  const stage = await setStage(t, { env: twice });
  const { call, mcp, send } = stage;
  const one = await as(stage, { sub: 'one' });
  t.equal((await call('listEvents', {}, one)).status, 200);
  t.equal((await mcp('ping', {}, one)).status, 200);
  const third = await call('listEvents', {}, one);
  t.equal(third.status, 429);
  t.match(third.headers['retry-after'], /^([1-9]|[1-5]\d|60)$/);
  t.equal(third.headers['www-authenticate'], undefined);
  t.equal((await mcp('ping', {}, one)).status, 429);
  t.equal((await send('/auth/me', one)).status, 429);

  const again = await as(stage, { sub: 'one', jti: 'another token' });
  t.equal((await call('listEvents', {}, again)).status, 429, 'a new token is no new caller');
  t.equal((await call('listEvents', {}, await as(stage, { sub: 'two' }))).status, 200);
  const elsewhere = await as(stage, { sub: 'one', azp: 'other-client' });
  t.equal((await call('listEvents', {}, elsewhere)).status, 200, 'another client of the person');
});

t.test('who has no valid token counts for the address, ten times as much', async (t) => {
  const stage = await setStage(t, { env: twice });
  const { call, mcp } = stage;
  const none = { headers: { authorization: [] } };
  const bad = { headers: { authorization: 'Bearer opaque' } };
  const malformed = { headers: { authorization: 'Basic x' } };
  t.same(await statuses(10, () => call('listEvents', {}, none)), Array(10).fill(401));
  t.same(await statuses(8, () => mcp('ping', {}, bad)), Array(8).fill(401));
  t.same(await statuses(2, () => call('listEvents', {}, malformed)), [400, 400]);
  t.equal((await call('listEvents', {}, none)).status, 429);
  const refused = await mcp('ping', {}, bad);
  t.equal(refused.status, 429);
  t.match(parsed(refused), {
    id: null,
    error: { code: -32001, data: { error: 'too_many_requests' } },
  });
  const good = await as(stage, {});
  t.equal((await call('listEvents', {}, good)).status, 200, 'a caller is not the address');
});

t.test('an IPv6 address is its network: nobody has a fresh one for each request', async (t) => {
  const { send } = await setStage(t, { env: { ...twice, TRUST_PROXY: 'true' } });
  let host = 0;
  const from = (network: string) => () => {
    host += 1;
    const headers = { 'x-forwarded-for': `${network}::${host.toString(16)}` };
    return send('/tools/listEvents', { body: {}, headers });
  };
  t.same(await statuses(20, from('2001:db8:1:1')), Array(20).fill(401));
  t.equal((await from('2001:db8:1:1')()).status, 429);
  t.equal((await from('2001:db8:1:2')()).status, 401);
});

t.test('an address a client claims for itself is not counted', async (t) => {
  let host = 0;
  const claimed =
    ({ send }: Stage) =>
    () => {
      host += 1;
      const headers = { 'x-forwarded-for': `198.51.100.${host}, 203.0.113.9` };
      return send('/tools/listEvents', { body: {}, headers });
    };
  for (const TRUST_PROXY of ['false', 'true']) {
    const stage = await setStage(t, { env: { ...twice, TRUST_PROXY } });
    await statuses(20, claimed(stage));
    t.equal((await claimed(stage)()).status, 429, `TRUST_PROXY=${TRUST_PROXY}`);
  }
});

t.test('discovery, health and refused pages are not counted', async (t) => {
  const { send, call } = await setStage(t, { env: { RATE_LIMIT_PER_MINUTE: '1' } });
  for (const path of ['/', '/health/live', '/.well-known/oauth-protected-resource', '/nothing']) {
    const found = await statuses(12, () => send(path));
    t.notOk(found.includes(429), path);
  }
  const page = { headers: { origin: 'https://evil.example' } };
  t.same(await statuses(12, () => call('listEvents', {}, page)), Array(12).fill(403));
  t.equal((await call('listEvents')).status, 200);
});

t.test('0 is no limit', async (t) => {
  const stage = await setStage(t, { env: { RATE_LIMIT_PER_MINUTE: '0' } });
  const one = await as(stage, {});
  t.notOk((await statuses(70, () => stage.mcp('ping', {}, one))).includes(429));
});
