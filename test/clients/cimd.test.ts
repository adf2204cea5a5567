import t from 'tap';
import { connect } from '../examples/tenant/connect.ts';
import { json } from '../recorder.ts';
import { document, documentHost, url } from './document.ts';
import { keep } from './keep.ts';
import { audience, google, scopes } from './rig.ts';

const hostile = { ...document, redirect_uris: ['https://evil.example/callback'] };

t.test("ChatGPT's document is imported, and a person gets in with its URL", async (t) => {
  const { keeper, tenant, grantsOf, lines } = await keep(t);
  await documentHost(t, tenant);
  const { clientId, decision, outcome } = await keeper.importDocument(url);
  t.strictSame(decision, { verdict: 'promote', recipe: 'third-party' });
  t.match(outcome, { outcome: 'promoted' });
  t.match(grantsOf(clientId), [{ scope: scopes, audience }]);
  t.ok(google(tenant).is_domain_connection);
  t.match(lines, [{ message: 'client promoted', source: 'command', client_id: clientId }]);
  t.match(await connect(tenant, url, audience, 'events:read'), { scope: 'events:read' });

  const again = await keeper.importDocument(url);
  t.match(again, { clientId, outcome: { outcome: 'already' } }, 'an upsert');
});

t.test('a dry run tells what would be and changes nothing', async (t) => {
  for (const env of [{}, { PROMOTION: 'observe' }]) {
    const { keeper, tenant } = await keep(t, { env });
    await documentHost(t, tenant);
    const before = [tenant.state.clients.size, tenant.state.logs.length];
    const result = await keeper.importDocument(url, env.PROMOTION ? undefined : true);
    t.match(result, {
      decision: { verdict: 'promote', recipe: 'third-party' },
      outcome: { outcome: 'observed' },
    });
    t.strictSame([tenant.state.clients.size, tenant.state.logs.length], before);
  }
});

t.test('a document that sends people elsewhere is not even registered', async (t) => {
  const { keeper, tenant } = await keep(t);
  const host = await documentHost(t, tenant);
  host.answer = json(hostile);
  const before = tenant.state.clients.size;
  t.match(await keeper.importDocument(url), {
    decision: { verdict: 'refuse', reason: 'redirect_not_allowed' },
    outcome: { outcome: 'refused' },
  });
  t.equal(tenant.state.clients.size, before);
});

t.test('a document Auth0 does not take, or cannot fetch', async (t) => {
  const { keeper, tenant } = await keep(t);
  const host = await documentHost(t, tenant);
  host.answer = json({ ...document, redirect_uris: [] });
  const failure = { code: 'cimd_document', retry: false };
  await t.rejects(keeper.importDocument(url), { ...failure, message: /redirect_uris/ });
  host.close();
  await t.rejects(keeper.importDocument(url), { ...failure, message: /cannot be fetched/ });
});

t.test('a Management API client that may not make clients', async (t) => {
  const { keeper, tenant, withhold } = await keep(t);
  await documentHost(t, tenant);
  withhold('create:clients');
  await t.rejects(keeper.importDocument(url), { code: 'cimd_http_403', fix: /create:clients/ });
});

t.test('an import that broke off is finished by the sweep', async (t) => {
  const { keeper, tenant, grantsOf } = await keep(t);
  await documentHost(t, tenant);
  tenant.state.faults.outage = { how: 'unavailable', prefix: '/api/v2/client-grants' };
  const { clientId, outcome } = await keeper.importDocument(url);
  t.match(outcome, { code: 'grant_lookup_http_503', retry: true });
  tenant.state.faults.outage = false;
  await keeper.sweep.run();
  t.match(grantsOf(clientId), [{ scope: scopes }]);
});

t.test('a sweep renews it once a day', async (t) => {
  const { keeper, tenant, pass, lines } = await keep(t);
  const host = await documentHost(t, tenant);
  const { clientId } = await keeper.importDocument(url);
  const client = tenant.state.clients.get(clientId);
  host.answer = json({ ...document, client_name: 'ChatGPT, renamed' });
  await keeper.sweep.run();
  t.equal(client?.name, 'ChatGPT', 'it was read today');
  pass(1);
  await keeper.sweep.run();
  t.equal(client?.name, 'ChatGPT, renamed');
  t.match(
    lines.filter(({ message }) => message === 'document read again'),
    [{ level: 'info', document: url, outcome: 'already' }],
  );
  const asked = host.received.length;
  await keeper.sweep.run();
  t.equal(host.received.length, asked);
});

t.test('a document that turned hostile changes nothing, and the log says so', async (t) => {
  const { keeper, tenant, pass, lines } = await keep(t);
  const host = await documentHost(t, tenant);
  const { clientId } = await keeper.importDocument(url);
  host.answer = json(hostile);
  pass(1);
  await keeper.sweep.run();
  await keeper.sweep.run();
  t.strictSame(tenant.state.clients.get(clientId)?.callbacks, document.redirect_uris);
  t.match(
    lines.filter(({ message }) => message === 'document read again'),
    [{ level: 'error', outcome: 'refused', reason: 'redirect_not_allowed' }],
    'once',
  );
  host.close();
  pass(1);
  await keeper.sweep.run();
  t.match(lines.at(-1), { level: 'warn', message: 'document not read', code: 'cimd_document' });
});

t.test("an administrator's own import stays the administrator's", async (t) => {
  const { keeper, tenant, pass, lines } = await keep(t);
  await documentHost(t, tenant);
  const { clientId } = await keeper.importDocument(url);
  const client = tenant.state.clients.get(clientId);
  if (client) client.client_metadata = {};
  pass(1);
  await keeper.sweep.run();
  t.strictSame(client?.client_metadata, {});
  t.strictSame(
    lines.filter(({ message }) => message === 'document read again'),
    [],
  );
});
