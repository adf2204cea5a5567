import t from 'tap';
import { kinds } from '../official-clients/clients.ts';
import { closedCatalog, setOut } from '../official-clients/set-out.ts';

const event = { title: 'Met by an official client', start: '2030-01-01T10:00:00Z' };

for (const kind of kinds)
  t.test(`${kind.name} at a gateway with nothing public: it logs in to connect`, async (t) => {
    const env = { TOOLS_FILE: closedCatalog(t) };
    const { client, wire, host, logIn } = await setOut(t, kind, { env });
    await t.rejects(client.connect(), { message: 'Unauthorized' });
    const [first, ...more] = wire.to('/mcp');
    t.match(first, { status: 401, challenge: /scope="events:read events:write"/ });
    t.same(more, [], 'one refusal is enough');
    t.match(host.last().searchParams.get('scope'), /^events:read events:write\b/);
    await logIn();
    await client.connect();
    t.same(await client.tools(), ['listEvents', 'addEvent', 'findEvents']);
    t.match(await client.call('addEvent', event), { structuredContent: { event } });
    t.equal(host.asked.length, 1, 'who asked for everything need not step up');
  });

for (const kind of kinds)
  t.test(`${kind.name} for a person who is given the role later: it steps up then`, async (t) => {
    const env = { TOOLS_FILE: closedCatalog(t) };
    const { client, gateway, tenant, host, logIn } = await setOut(t, kind, { env });
    const may = (...scopes: string[]) => {
      const permissions = { [gateway.config.OAUTH_AUDIENCE]: scopes };
      for (const person of tenant.state.people.values()) person.permissions = permissions;
    };
    may('events:read');
    await t.rejects(client.connect(), { message: 'Unauthorized' });
    await logIn();
    t.match(host.kept.tokens?.scope, /^events:read( offline_access)?$/, 'the rest fell away');
    await client.connect();
    t.match(await client.call('listEvents'), { structuredContent: { events: [{}, {}, {}] } });
    may('events:read', 'events:write');
    await t.rejects(client.call('addEvent', event), { message: 'Unauthorized' });
    await logIn();
    t.match(await client.call('addEvent', event), { structuredContent: { event } });
    t.match(JSON.stringify(await client.call('listEvents')), event.title);
    t.equal(host.asked.length, 2);
  });
