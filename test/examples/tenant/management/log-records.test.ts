import t from 'tap';
import { writeLog } from '../../../../examples/tenant/logs.ts';
import type { LogRecord, State } from '../../../../examples/tenant/state.ts';
import { openTenant } from '../open-tenant.ts';

/** A record like any other (synthetic). */
const add = (state: State, type: string, description: string): LogRecord =>
  writeLog(state, {
    type,
    description,
    client_id: '',
    client_name: '',
    ip: '127.0.0.1',
    user_agent: '',
  });

t.test('newest first, in the bare form, by page', async (t) => {
  const { tenant, management, call } = await openTenant(t);
  const one = add(tenant.state, 's', 'Successful login');
  const two = add(tenant.state, 'sapi', 'Dynamic client registration');
  t.ok(one.log_id < two.log_id, 'ids grow');

  const page = await management.logs.list();
  t.match(page.response, { start: 0, total: 2, length: 2 });
  t.match(page.data, [{ _id: two.log_id, ...two }, { _id: one.log_id }]);
  t.match((await management.logs.list({ sort: 'date:1', per_page: 1 })).data, [{ type: 's' }]);
  t.match(await management.logs.get(two.log_id), { description: 'Dynamic client registration' });
  t.match(await call('GET', '/logs/900'), { status: 404 });
});

t.test('searched by type and description', async (t) => {
  const { tenant, management, call } = await openTenant(t);
  add(tenant.state, 's', 'Successful login');
  add(tenant.state, 'sapi', 'Dynamic client registration');
  add(tenant.state, 'sapi', 'Create a client');
  const q = 'type:sapi AND description:"Dynamic client registration"';
  const found = await management.logs.list({ search: q });
  t.equal(found.data.length, 1);
  t.match(found.data, [{ description: 'Dynamic client registration' }]);
  t.match((await call('GET', `/logs?q=${encodeURIComponent('type:s')}`)).body, [{ type: 's' }]);
  t.match(await call('GET', `/logs?q=${encodeURIComponent('ip:1.1.1.1')}`), {
    status: 400,
    body: { errorCode: 'invalid_query_string' },
  });
});

t.test('read on from a checkpoint', async (t) => {
  const { tenant, call } = await openTenant(t);
  const [one, two, three] = ['a', 'b', 'c'].map((name) => add(tenant.state, 's', name));
  t.match((await call('GET', `/logs?from=${one?.log_id}`)).body, [
    { _id: two?.log_id },
    { _id: three?.log_id },
  ]);
  t.same(((await call('GET', `/logs?from=${one?.log_id}&take=1`)).body as unknown[]).length, 1);
});
