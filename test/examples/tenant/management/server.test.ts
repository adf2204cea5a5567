import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { machine, newToken, openTenant, send } from '../open-tenant.ts';

t.test('who may call', async (t) => {
  const { tenant } = await openTenant(t);
  const url = `${tenant.origin}/api/v2/clients`;
  t.match(await send('GET', url), { status: 401, body: { message: 'Missing authentication' } });
  t.match(await send('GET', url, undefined, { authorization: 'Bearer x' }), {
    status: 401,
    body: {
      statusCode: 401,
      error: 'Unauthorized',
      message: 'Invalid token',
      errorCode: 'invalid_token',
    },
  });
  const authorization = `Bearer ${await newToken(tenant.origin)}`;
  t.match(await send('GET', url, undefined, { authorization }), { status: 200 });
  tenant.state.clients.delete(machine.clientId);
  t.match(await send('GET', url, undefined, { authorization }), { status: 401 });
});

t.test('a token lacks the scope its grant lacked when it was issued', async (t) => {
  const { tenant } = await openTenant(t);
  const [grant] = tenant.state.clientGrants.values();
  t.ok(grant);
  if (grant) grant.scope = grant.scope.filter((scope) => scope !== 'read:connections');
  const authorization = `Bearer ${await newToken(tenant.origin)}`;
  const get = (path: string) =>
    send('GET', `${tenant.origin}/api/v2${path}`, undefined, { authorization });
  t.match(await get('/connections'), {
    status: 403,
    body: {
      statusCode: 403,
      error: 'Forbidden',
      message: 'Insufficient scope, expected any of: read:connections',
      errorCode: 'insufficient_scope',
    },
  });
  t.match(await get('/clients'), { status: 200 });
});

t.test('endpoints that are not there, bodies that are not JSON', async (t) => {
  const { tenant, call } = await openTenant(t);
  t.match(await call('GET', '/nothing'), { status: 404, body: { error: 'Not Found' } });
  t.match(await call('PUT', '/clients'), { status: 404 });
  const broken = await fetch(`${tenant.origin}/api/v2/clients`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await newToken(tenant.origin)}` },
    body: '{',
  });
  t.match([broken.status, await broken.json()], [400, { message: /Not valid JSON/ }]);
});

t.test('a client that leaves in the middle of its request changes nothing', async (t) => {
  const { tenant, call } = await openTenant(t);
  const token = await newToken(tenant.origin);
  const socket = connect(Number(new URL(tenant.origin).port), '127.0.0.1');
  socket.end(
    `POST /api/v2/clients HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-length: 99\r\n\r\n{`,
  );
  socket.resume();
  await once(socket, 'close');
  t.match((await call('GET', '/clients')).body, { length: 1 });
});

t.test('every answer tells the limit', async (t) => {
  const { tenant, call, management } = await openTenant(t);
  const free = await call('GET', '/clients');
  t.equal(free.headers.get('x-ratelimit-limit'), '1000');
  tenant.state.faults.tooMany = 1;
  const refused = await call('GET', '/clients');
  t.match(refused, {
    status: 429,
    body: {
      statusCode: 429,
      error: 'Too Many Requests',
      message: 'Global limit has been reached',
      errorCode: 'too_many_requests',
    },
  });
  t.equal(refused.headers.get('x-ratelimit-remaining'), '0');
  t.ok(Number(refused.headers.get('x-ratelimit-reset')) * 1000 > Date.now());
  t.match(await call('GET', '/clients'), { status: 200 });
  tenant.state.faults.tooMany = 1;
  t.match(await management.clients.list().catch((error) => error), { statusCode: 429 });
});

t.test('a change leaves a record of its caller, without secrets', async (t) => {
  const { tenant, call } = await openTenant(t);
  const { body } = await call('POST', '/clients', { name: 'Backend' });
  await call('GET', '/clients');
  await call('POST', '/clients', {});
  t.equal(tenant.state.logs.length, 1, 'neither reads nor failures');
  t.match(tenant.state.logs[0], {
    type: 'sapi',
    description: 'Create a client',
    client_id: machine.clientId,
    client_name: 'Gateway',
    ip: '127.0.0.1',
    details: {
      request: { method: 'post', path: '/api/v2/clients', body: { name: 'Backend' } },
      response: {
        statusCode: 201,
        body: { client_id: (body as { client_id: string }).client_id, client_secret: '*****' },
      },
    },
  });
});
