import { EventEmitter, once } from 'node:events';
import { request, type ServerResponse } from 'node:http';
import t from 'tap';
import { startIssuer } from '../issuer.ts';
import { startRecorder } from '../recorder.ts';
import { bearer } from '../send.ts';
import { setStage } from '../stage.ts';

t.test('who leaves while the token is verified is not called for', async (t) => {
  const issuer = await startIssuer(t);
  const asked = new EventEmitter();
  const answer = (response: ServerResponse): void => void asked.emit('keys', response);
  const tenant = await startRecorder(t, answer);
  const OAUTH_ISSUER = `${tenant.url}/`;
  const arrival = once(asked, 'keys');
  const { gateway, backend, send } = await setStage(t, { env: { OAUTH_ISSUER } });
  const [keys] = await arrival;

  const headers = bearer(await issuer.token({ iss: OAUTH_ISSUER }));
  const outgoing = request(`${gateway.url}/tools/listEvents`, { method: 'POST', headers });
  const failed = t.rejects(once(outgoing, 'response'));
  outgoing.end();
  await once(outgoing, 'finish');
  await send('/health/live');
  outgoing.destroy();
  await failed;
  for (let i = 0; i < 5; i += 1) await send('/health/live');

  keys.setHeader('content-type', 'application/json').end(JSON.stringify(issuer.jwks));
  const outcome = () => gateway.lines.find((line) => 'granted' in line);
  while (!outcome()) await send('/health/live');
  t.match(outcome(), { granted: false, reason: 'client_gone' });
  t.same(backend.received, []);
});
