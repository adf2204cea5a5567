import { createHash, randomBytes } from 'node:crypto';
import t from 'tap';
import { type LoginStopped, logIn } from '../../examples/tenant/oauth/login.ts';
import type { Client, LogStream, SecurityMode } from '../../examples/tenant/state.ts';
import { audience, platform, type Rig, scopes } from './rig.ts';
import { streamed } from './stream.ts';

/** What ChatGPT does with a person: authorization code with PKCE; the token's answer. */
async function connect({ tenant }: Rig, client: Client): Promise<Record<string, unknown>> {
  const verifier = randomBytes(32).toString('base64url');
  const authorize = new URL('/authorize', tenant.origin);
  authorize.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: platform,
    scope: scopes.join(' '),
    resource: audience,
    state: 'x',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const person = { username: 'alice@example.com', password: 'correct horse' };
  const back = await logIn(authorize.href, person);
  const answer = await fetch(`${tenant.origin}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: client.client_id,
      redirect_uri: platform,
      code: String(back.searchParams.get('code')),
      code_verifier: verifier,
      resource: audience,
    }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

const stages: [SecurityMode, LogStream['sink']['httpContentFormat']][] = [
  ['strict', 'JSONLINES'],
  ['permissive', 'JSONARRAY'],
  ['strict', 'JSONOBJECT'],
];

for (const [mode, format] of stages) {
  t.test(`in a ${mode} tenant a registered ChatGPT gets people in (${format})`, async (t) => {
    const all = await streamed(t, { mode, format });
    const { tenant, register, counted } = all;
    tenant.state.logStreams.forEach((stream) => {
      stream.status = 'paused';
    });
    const early = await register();
    const refused = await connect(all, early).catch((error: LoginStopped) => error);
    t.notOk('access_token' in refused, 'not before it is promoted');
    tenant.state.logStreams.forEach((stream) => {
      stream.status = 'active';
    });

    Object.assign(tenant.state.faults.delivery, { duplicate: true, reorder: true, noise: 3 });
    const client = await register();
    await tenant.delivered();
    t.equal(counted.filter((each) => each === 'promote promoted').length, 1);
    t.match(await connect(all, client), { token_type: 'Bearer', scope: /events:read/ });
  });
}

t.test('a tenant that is down when the event comes loses no client', async (t) => {
  const failures: unknown[] = [];
  const all = await streamed(t, {
    through: (api) => ({
      ...api,
      getClient: (id) =>
        api.getClient(id).catch((error: unknown) => {
          failures.push(error);
          all.tenant.state.faults.outage = false;
          throw error;
        }),
    }),
  });
  all.tenant.state.faults.outage = { how: 'unavailable', prefix: '/api/v2' };
  const client = await all.register();
  await all.tenant.delivered();
  t.match(failures, [{ code: 'client_http_503' }]);
  t.match(await connect(all, client), { token_type: 'Bearer' });
});
