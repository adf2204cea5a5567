import t from 'tap';
import { openTenant } from '../open-tenant.ts';

t.test('made, read, paused and removed through npm auth0', async (t) => {
  const { management, call } = await openTenant(t);
  const sink = {
    httpEndpoint: 'http://127.0.0.1:9/hook',
    httpAuthorization: 'Bearer secret',
    httpContentFormat: 'JSONARRAY' as const,
    httpContentType: 'application/json',
    httpCustomHeaders: [{ header: 'x-custom', value: '1' }],
  };
  const filters = [{ type: 'category' as const, name: 'management.success' as const }];
  const created = await management.logStreams.create({ name: 'Hook', type: 'http', sink, filters });
  t.match(created, { id: /^lst_/, status: 'active', sink });
  const id = String(created.id);
  t.match(await management.logStreams.get(id), { name: 'Hook', filters });
  t.match(await management.logStreams.list(), [{ id }]);
  t.match(await management.logStreams.update(id, { status: 'paused' }), {
    status: 'paused',
    sink,
  });
  t.match(await call('PATCH', `/log-streams/${id}`, { type: 'http' }), { status: 400 });
  await management.logStreams.delete(id);
  t.match(await call('GET', `/log-streams/${id}`), {
    status: 404,
    body: { errorCode: 'inexistent_log_stream' },
  });
  t.match(await call('POST', '/log-streams', { type: 'http', sink: { httpEndpoint: 'x' } }), {
    status: 400,
    body: { message: /on property sink.httpEndpoint/ },
  });
});
