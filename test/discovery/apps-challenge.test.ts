import t from 'tap';
import { setStage } from '../stage.ts';

const path = '/.well-known/openai-apps-challenge';

t.test('the proof of the domain is the portal token as plain text, 404 when unset', async (t) => {
  const { send } = await setStage(t, { env: { OPENAI_APPS_CHALLENGE: 'token-of-the-portal' } });
  const got = await send(path);
  t.equal(got.text, 'token-of-the-portal');
  t.match(got, { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' } });
  const unset = await setStage(t);
  t.equal((await unset.send(path)).status, 404);
});
