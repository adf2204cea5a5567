import t from 'tap';
import { dayOf, lastSeen } from '../../src/clients/usage.ts';
import { documentHost, url } from './document.ts';
import { keep } from './keep.ts';

const today = () => dayOf(Date.now());

t.test('a use is written down, once a day', async (t) => {
  const { keeper, usage, promoted, tenant, pass } = await keep(t);
  const client = await promoted();
  const written = () => tenant.state.logs.length;
  const before = written();
  for (let i = 0; i < 5; i += 1) usage.onCaller(client.client_id);
  t.equal(client.client_metadata?.['gateway_last_used'], undefined, 'not while the call waits');
  t.ok(usage.usedToday(client), 'but it is known');
  await usage.settled();
  t.equal(client.client_metadata?.['gateway_last_used'], today());
  t.equal(client.client_metadata?.['gateway_recipe'], 'third-party', 'beside what was there');
  usage.onCaller(client.client_id);
  await usage.settled();
  t.equal(written() - before, 1);
  pass(1);
  t.notOk(usage.usedToday(client));
  usage.onCaller(client.client_id);
  await usage.settled();
  t.equal(written() - before, 2);
  t.ok(await keeper.clients.list());
});

t.test('two replicas write it once', async (t) => {
  const { usage, promoted, tenant } = await keep(t);
  const client = await promoted({ gateway_last_used: today() });
  const before = tenant.state.logs.length;
  t.ok(usage.usedToday(client));
  usage.onCaller(client.client_id);
  await usage.settled();
  t.equal(tenant.state.logs.length, before);
});

t.test('nothing is written on what we did not promote', async (t) => {
  const { usage, register, tenant } = await keep(t);
  const client = await register();
  const before = tenant.state.logs.length;
  for (const id of [client.client_id, 'gateway_machine', '']) usage.onCaller(id);
  usage.onCaller('https://nobody.example/client.json');
  await usage.settled();
  t.equal(client.client_metadata, undefined);
  t.equal(tenant.state.logs.length, before);
});

t.test('the tokens of an imported client carry the URL of its document', async (t) => {
  const { keeper, usage, tenant } = await keep(t);
  await documentHost(t, tenant);
  const { clientId } = await keeper.importDocument(url);
  const client = tenant.state.clients.get(clientId);
  t.notOk(client && usage.usedToday(client));
  usage.onCaller(url);
  await usage.settled();
  t.equal(client?.client_metadata?.['gateway_last_used'], today());
  t.ok(client && usage.usedToday(client));
});

t.test('a tenant that is away costs the use of a day, and nobody anything else', async (t) => {
  const { usage, promoted, tenant, lines } = await keep(t);
  const [one, two] = [await promoted(), await promoted()];
  tenant.state.faults.outage = { how: 'unavailable', prefix: `/api/v2/clients/${one.client_id}` };
  usage.onCaller(one.client_id);
  usage.onCaller(two.client_id);
  await usage.settled();
  t.equal(one.client_metadata?.['gateway_last_used'], undefined);
  t.equal(two.client_metadata?.['gateway_last_used'], today());
  t.match(lines.at(-1), {
    level: 'debug',
    message: 'a use was not written down',
    code: 'client_http_503',
  });
});

t.test('it starts by itself, and ends when it is stopped', async (t) => {
  const { usage, promoted, noted } = await keep(t);
  const client = await promoted();
  const written = noted();
  usage.onCaller(client.client_id);
  t.equal(await written, client.client_id);
  const other = await promoted();
  usage.onCaller(other.client_id);
  usage.stop();
  await usage.settled();
  t.equal(other.client_metadata?.['gateway_last_used'], undefined);
});

t.test('so many clients a day are remembered, and no more', async (t) => {
  const { usage, tenant } = await keep(t);
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/' };
  for (let i = 0; i < 10_001; i += 1) usage.onCaller(`client ${i}`);
  const known = (client_id: string) => usage.usedToday({ client_id });
  t.strictSame([known('client 9999'), known('client 10000')], [true, false]);
  usage.stop();
});

t.test('last seen: the last use, else the promotion', async (t) => {
  const promoted = { gateway_promoted_at: '2026-10-01T00:00:00Z' };
  const at = (client_metadata?: Record<string, string>) =>
    lastSeen({ client_id: 'x', client_metadata });
  t.equal(at(promoted), Date.parse('2026-10-01'));
  t.equal(at({ ...promoted, gateway_last_used: '2026-11-01' }), Date.parse('2026-11-01'));
  t.ok(Number.isNaN(at({})));
  t.ok(Number.isNaN(at()));
});
