import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import t from 'tap';
import { freePort } from '../../../examples/demo/port.ts';

t.test('takes the preferred port when it is free, another one when it is not', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const other = await freePort(port);
  t.not(other, port);
  t.equal(await freePort(other), other);
});
