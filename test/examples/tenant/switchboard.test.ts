import t from 'tap';
import { openTenant, send } from './open-tenant.ts';
import { openReceiver } from './receiver.ts';

t.test('says what it is and who lives there', async (t) => {
  const { tenant } = await openTenant(t);
  t.match((await send('GET', `${tenant.origin}/__tenant`)).body, {
    pretend: true,
    people: [
      { email: 'alice@example.com', password: 'correct horse', note: /every scope/ },
      { email: 'bob@example.com', password: 'correct horse', note: /no role/ },
    ],
    settings: { flags: { enable_dynamic_client_registration: true } },
    faults: { outage: false },
  });
  t.equal((await send('GET', `${tenant.origin}/__tenant/nothing`)).status, 404);
});

t.test('merges faults and settings', async (t) => {
  const { tenant } = await openTenant(t);
  const patch = (body: object) => send('PATCH', `${tenant.origin}/__tenant`, body);
  const changed = await patch({
    faults: { latencyMs: 5, outage: { how: 'unavailable' }, delivery: { noise: 2 } },
    settings: { default_audience: 'x', flags: { enable_dynamic_client_registration: false } },
  });
  t.match(changed.body, {
    faults: {
      latencyMs: 5,
      outage: { how: 'unavailable', prefix: '/' },
      delivery: { noise: 2, drop: false },
    },
    settings: {
      default_audience: 'x',
      resource_parameter_profile: 'compatibility',
      flags: { enable_dynamic_client_registration: false },
    },
  });
  t.match(await patch({}), { status: 200, body: { faults: { latencyMs: 5 } } });
  t.match(await patch({ faults: { latency: 5 } }), { status: 400, body: { error: String } });
});

t.test('a new signing key', async (t) => {
  const { tenant } = await openTenant(t);
  const keys = async () => (await send('GET', `${tenant.origin}/.well-known/jwks.json`)).body;
  const before = await keys();
  t.equal((await send('POST', `${tenant.origin}/__tenant/rotate`)).status, 200);
  t.notSame(await keys(), before);
});

t.test('the last records again', async (t) => {
  const hook = await openReceiver(t);
  const { tenant, management } = await openTenant(t, {
    logStream: { url: hook.url, authorization: 'x', format: 'JSONOBJECT' },
  });
  await management.clients.create({ name: 'a' });
  await management.clients.create({ name: 'b' });
  await tenant.delivered();
  const again = async (body?: object) => {
    const before = hook.posts.length;
    await send('POST', `${tenant.origin}/__tenant/redeliver`, body);
    await tenant.delivered();
    return hook.posts.slice(before).map((post) => JSON.parse(post.body));
  };
  t.match(await again(), [{ data: { details: { response: { body: { name: 'b' } } } } }]);
  t.equal((await again({ count: 2 })).length, 2);
});
