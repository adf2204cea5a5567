import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JWTPayload } from 'jose';
import t from 'tap';
import { startLimits } from '../../src/calls/limit.ts';
import { loadConfig } from '../../src/config.ts';
import { stopClocks } from '../fixtures/clocks.ts';
import { least } from '../fixtures/env.ts';
import { bearer, type Got, parsed, type Sent } from '../send.ts';
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

t.test('every counted answer says where the client stands', async (t) => {
  const stage = await setStage(t, { env: twice });
  const one = await as(stage, {});
  const quota = ({ headers }: Got) => [headers['ratelimit-policy'], headers['ratelimit']];
  const at = (name: string, left: number) => new RegExp(`^"${name}";r=${left};t=60$`);
  for (const left of [1, 0, 0]) {
    const got = await stage.call('listEvents', {}, one);
    t.match(quota(got), ['"caller";q=2;w=60', at('caller', left)]);
  }
  const bad = { headers: bearer('a.b.c') };
  const none = { headers: { authorization: [] } };
  t.match(quota(await stage.mcp('ping', {}, bad)), ['"address";q=20;w=60', at('address', 19)]);
  t.match(quota(await stage.mcp('ping', {}, none)), ['"address";q=20;w=60', at('address', 18)]);
  t.same(quota(await stage.send('/health/live')), [undefined, undefined]);
});

t.test('who has no valid token counts for the address, ten times as much', async (t) => {
  const stage = await setStage(t, { env: twice });
  const { call, mcp } = stage;
  const none = { headers: { authorization: [] } };
  const bad = { headers: { authorization: 'Bearer opaque' } };
  const malformed = { headers: { authorization: 'Basic x' } };
  const good = await as(stage, {});
  t.equal((await call('listEvents', {}, good)).status, 200);
  t.same(await statuses(10, () => call('listEvents', {}, none)), Array(10).fill(401));
  t.same(await statuses(8, () => mcp('ping', {}, bad)), Array(8).fill(401));
  t.same(await statuses(2, () => call('listEvents', {}, malformed)), [400, 400]);
  t.equal((await call('listEvents', {}, none)).status, 429);
  const refused = await mcp('ping', {}, bad);
  t.equal(refused.status, 429);
  t.match(parsed(refused), {
    id: null,
    error: { code: -32001, data: { error: 'too_many_requests', reason: 'address' } },
  });
  t.equal((await call('listEvents', {}, good)).status, 200, 'a caller is not the address');
});

t.test('a flood of bad tokens is refused before any of them is verified', async (t) => {
  stopClocks(t);
  const stage = await setStage(t, { env: twice });
  const { call, issuer } = stage;
  const known = await as(stage, { sub: 'known' });
  t.equal((await call('listEvents', {}, known)).status, 200);
  const signed = (await issuer.token()).split('.');
  let n = 0;
  const forged = () => {
    n += 1;
    return call('listEvents', {}, { headers: bearer(`${signed[0]}.${signed[1]}.forged${n}`) });
  };
  const flood = await Promise.all(Array.from({ length: 60 }, forged));
  const verified = flood.filter(({ status }) => status === 401);
  t.equal(verified.length, 20, 'at once or one after the other');
  t.ok(flood.every(({ status }) => status === 401 || status === 429));
  const fresh = await call('listEvents', {}, await as(stage, { sub: 'fresh' }));
  t.equal(fresh.status, 429, 'nobody looks whether one of them is good');
  t.match(fresh.headers['retry-after'], '60');
  t.match(fresh.headers['ratelimit'], /^"address";r=0;t=60$/);
  t.equal((await call('listEvents', {}, known)).status, 200, 'who is known is served');
});

t.test('good tokens that are new cost the address nothing', async (t) => {
  const stage = await setStage(t, { env: twice });
  let person = 0;
  const next = async () => {
    person += 1;
    return stage.call('listEvents', {}, await as(stage, { sub: `person ${person}` }));
  };
  t.same(await statuses(30, next), Array(30).fill(200));
  const bad = { headers: bearer('a.b.c') };
  t.same(await statuses(20, () => stage.mcp('ping', {}, bad)), Array(20).fill(401));
});

t.test('an outage of the tenant is nobody else’s fault: 503s are not counted', async (t) => {
  const stage = await setStage(t, {
    env: { RATE_LIMIT_PER_MINUTE: '1' },
    prepare: (issuer) => {
      issuer.down = true;
    },
  });
  let person = 0;
  const next = async () => {
    person += 1;
    return stage.call('listEvents', {}, await as(stage, { sub: `person ${person}` }));
  };
  t.same(await statuses(30, next), Array(30).fill(503));
  const bad = { headers: { authorization: 'Basic x' } };
  t.equal((await stage.mcp('ping', {}, bad)).status, 400, 'and others may come from there');
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

t.test('0 is no limit, for callers and for addresses', async (t) => {
  const stage = await setStage(t, { env: { RATE_LIMIT_PER_MINUTE: '0' } });
  const one = await as(stage, {});
  t.notOk((await statuses(70, () => stage.mcp('ping', {}, one))).includes(429));
  const bad = { headers: bearer('a.b.c') };
  t.same(await statuses(70, () => stage.mcp('ping', {}, bad)), Array(70).fill(401));
});

t.test('a flood of addresses makes no caller forgotten', async (t) => {
  const limits = await startLimits(loadConfig({ ...least, RATE_LIMIT_PER_MINUTE: '1' }), () => {});
  // 60,000 requests over HTTP would take too long; these have what a limit looks at.
  const visit = (request: { ip: string; caller?: { clientId: string; subject: string } }) => {
    const reply = { getHeader() {}, header() {} } as unknown as FastifyReply;
    return limits.visit(request as FastifyRequest, reply).passed();
  };
  const caller = { clientId: 'tpc_client', subject: 'auth0|person' };
  await visit({ ip: '192.0.2.1', caller });
  for (let i = 0; i < 60_000; i += 1)
    await visit({ ip: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` });
  await t.rejects(visit({ ip: '192.0.2.1', caller }), { code: 'too_many_requests' });
});
