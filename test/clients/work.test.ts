import t from 'tap';
import { createWork } from '../../src/clients/work.ts';
import { eventOf, google, rig, scopes } from './rig.ts';

t.test('a client of an event is promoted and told of in one line', async (t) => {
  const { clients, register, lines, counted, grantsOf } = await rig(t);
  const client = await register();
  const event = eventOf(client);
  const result = await clients.fromEvent(event, clients.lookups(false));
  t.match(result, { clientId: client.client_id, outcome: { outcome: 'promoted', retry: false } });
  t.match(grantsOf(client.client_id), [{ scope: scopes }]);
  t.equal(lines.length, 1);
  t.match(lines, [
    {
      message: 'client promoted',
      client_id: client.client_id,
      client_name: 'ChatGPT',
      verdict: 'promote',
      recipe: 'third-party',
      source: 'event',
      log_id: event.logId,
    },
  ]);
  t.strictSame(counted, ['promote promoted']);
});

t.test('a client called ChatGPT that lives elsewhere stays out', async (t) => {
  for (const mode of ['strict', 'permissive'] as const) {
    const { clients, register, lines, tenant, grantsOf } = await rig(t, { mode });
    const client = await register({ redirect_uris: ['https://chatgpt.example/connector'] });
    const before = structuredClone(client);
    const result = await clients.fromEvent(eventOf(client), clients.lookups(false));
    t.match(result.outcome, { outcome: 'refused', retry: false });
    t.match(lines, [
      { reason: 'redirect_not_allowed', detail: 'https://chatgpt.example/connector' },
    ]);
    t.strictSame(client, before);
    t.strictSame(grantsOf(client.client_id), []);
    t.equal(google(tenant).enabledFor.size, 0);
  }
});

t.test(
  'the end of an event is remembered for an hour; the tenant is not asked again',
  async (t) => {
    let now = Date.now();
    const asked: string[] = [];
    const { clients, register, tenant } = await rig(t, {
      now: () => now,
      through: (api) => ({
        ...api,
        getClient(id) {
          asked.push(id);
          return api.getClient(id);
        },
      }),
    });
    const [chatgpt, other] = [
      await register(),
      await register({ redirect_uris: ['https://other.example/'] }),
    ];
    const events = new Map([chatgpt, other].map((client) => [client, eventOf(client)]));
    const tell = async (client: typeof chatgpt) => {
      const event = events.get(client) ?? eventOf(client);
      return (await clients.fromEvent(event, clients.lookups(false))).outcome.outcome;
    };
    t.equal(await tell(chatgpt), 'promoted');
    t.equal(await tell(other), 'refused');
    asked.length = 0;
    tenant.state.faults.outage = { how: 'unavailable', prefix: '/' };
    t.equal(await tell(chatgpt), 'already');
    t.equal(await tell(other), 'refused');
    t.strictSame(asked, []);

    events.delete(other);
    t.equal(await tell(other), 'failed', 'another event of the same client is another matter');
    now += 3_600_000;
    t.equal(await tell(chatgpt), 'failed');
    tenant.state.faults.outage = false;
    t.equal(await tell(chatgpt), 'already', 'and a failure that may pass is not');
  },
);

t.test('of one client only one piece of work runs at a time', async (t) => {
  const { clients, register, tenant, counted } = await rig(t, { mode: 'permissive' });
  const client = await register();
  const written = tenant.state.logs.length;
  const lookups = clients.lookups(false);
  const results = await Promise.all([
    clients.fromEvent(eventOf(client), lookups),
    clients.fromEvent(eventOf(client), clients.lookups(false)),
    clients.fromList(client, clients.lookups(true)),
  ]);
  t.ok(results.every(({ outcome }) => outcome.outcome === 'promoted'));
  t.equal(tenant.state.logs.length - written, 2, 'the client and its connection, once');
  t.strictSame(counted, ['promote promoted']);
});

t.test('observing decides and changes nothing', async (t) => {
  const { clients, register, lines, tenant } = await rig(t, { env: { PROMOTION: 'observe' } });
  const client = await register();
  const before = structuredClone(client);
  const written = tenant.state.logs.length;
  const result = await clients.fromEvent(eventOf(client), clients.lookups(false));
  t.match(result.outcome, { outcome: 'observed', retry: false });
  t.match(lines, [{ verdict: 'promote', recipe: 'third-party', outcome: 'observed' }]);
  t.strictSame(client, before);
  t.equal(tenant.state.logs.length, written);
});

t.test('a dry run decides and changes nothing', async (t) => {
  const { api, config, log, metrics, register, tenant } = await rig(t);
  const client = await register();
  const before = structuredClone(client);
  const parts = { config, catalog: { scopes }, log, metrics, now: Date.now, dryRun: true };
  const dry = createWork(api, parts);
  const result = await dry.fromList(client, dry.lookups(false), 'command');
  t.match(result, { source: 'command', outcome: { outcome: 'observed' } });
  t.strictSame(client, before);
  t.equal(google(tenant).is_domain_connection, false);
});

t.test('a client that is gone, and one that cannot be read at the moment', async (t) => {
  const { clients, tenant, lines } = await rig(t);
  const event = { clientId: 'gone', logId: undefined, name: undefined };
  const tell = () => clients.fromEvent(event, clients.lookups(false));
  tenant.state.faults.tooMany = 4;
  t.match(await tell(), { outcome: { code: 'client_http_429', retry: true } });
  t.match(await tell(), {
    decision: undefined,
    outcome: { code: 'client_http_404', retry: false },
  });
  t.match(lines, [{ level: 'warn' }, { level: 'error' }]);
});

t.test('a bug ends its own client only', async (t) => {
  const { clients, lines } = await rig(t, {
    through: (api) => ({
      ...api,
      getClient: () => Promise.reject(new TypeError('unexpected')),
    }),
  });
  const event = { clientId: 'x', logId: undefined, name: 'x' };
  const result = await clients.fromEvent(event, clients.lookups(false));
  t.match(result.outcome, { outcome: 'failed', retry: false, code: 'internal' });
  t.match(lines, [{ level: 'error', error_description: 'unexpected' }]);
});
