import t from 'tap';
import { parsed } from '../send.ts';
import { setStage } from '../stage.ts';

const foreign = [
  'https://evil.example',
  'null',
  'http://chatgpt.com',
  'https://chatgpt.com.evil.example',
  'https://chatgpt.com:8443',
  'https://CHATGPT.com/',
  'https://gateway.example.com',
  '',
  '*',
];
const allowed = ['https://chatgpt.com', 'https://platform.openai.com'];

t.test('a foreign page may not call, with the best of tokens and over either door', async (t) => {
  const { call, mcp, backend, send } = await setStage(t);
  for (const origin of foreign) {
    const sent = { headers: { origin } };
    const rest = await call('listEvents', {}, sent);
    t.equal(rest.status, 403, origin);
    t.match(parsed(rest), { error: 'origin_not_allowed' });
    t.equal(rest.headers['access-control-allow-origin'], undefined);
    t.equal(rest.headers['www-authenticate'], undefined);
    const overMcp = await mcp('ping', {}, sent);
    t.equal(overMcp.status, 403, origin);
    t.match(parsed(overMcp), { error: { code: -32001, data: { error: 'origin_not_allowed' } } });
    t.equal(
      (await send('/mcp', { body: {}, ...sent })).status,
      403,
      'before the token is asked for',
    );
  }
  t.same(backend.received, []);
});

t.test('a page of APP_ORIGIN may, and so may what is no page', async (t) => {
  const { call } = await setStage(t);
  for (const origin of allowed) {
    t.equal((await call('listEvents', {}, { headers: { origin } })).status, 200, origin);
  }
  t.equal((await call('listEvents')).status, 200, 'no Origin');
  const own = await setStage(t, { env: { APP_ORIGIN: 'https://only.example' } });
  t.equal(
    (await own.call('listEvents', {}, { headers: { origin: 'https://only.example' } })).status,
    200,
  );
  t.equal(
    (await own.call('listEvents', {}, { headers: { origin: allowed[0] ?? '' } })).status,
    403,
  );
});

t.test('APP_ORIGIN=* lets every page by', async (t) => {
  const { call } = await setStage(t, { env: { APP_ORIGIN: '*' } });
  for (const origin of foreign.filter((one) => one !== '')) {
    t.equal((await call('listEvents', {}, { headers: { origin } })).status, 200, origin);
  }
});
