import t from 'tap';
import { makeClient } from '../../../../examples/tenant/oauth/registration.ts';
import {
  apiOf,
  newSecret,
  resourceOf,
  resourceServer,
} from '../../../../examples/tenant/oauth/resource.ts';
import type { Client } from '../../../../examples/tenant/state.ts';
import { audience, preparedState } from './tenant.ts';

const state = preparedState('strict');
const secret = newSecret();
const client = makeClient('strict', { redirect_uris: ['https://a.test/'] }) as Client;
const make = (resource: string, by: Client | undefined = client) =>
  resourceServer(state, 'https://t.test/', secret, { resource, client: by, person: undefined });

t.test('an API whose identifier is no URI', async (t) => {
  const api = state.apis.get(audience);
  if (api === undefined) throw new Error('no API');
  state.apis.set('my api', { ...api, identifier: 'my api' });
  t.ok(URL.canParse(resourceOf('my api')));
  t.equal(apiOf(state, resourceOf('my api'))?.identifier, 'my api');
});

t.test('userinfo only', async (t) => {
  t.match(make(resourceOf()), {
    audience: 'https://t.test/userinfo',
    jwt: { sign: false, encrypt: { alg: 'dir', enc: 'A256GCM' } },
  });
});

t.test('what has gone is refused', async (t) => {
  t.throws(() => make(resourceOf('https://gone.test/')), { message: 'invalid_target' });
  const { client_id: _, ...rest } = client;
  t.throws(() => make(resourceOf(audience), { ...rest, client_id: 'x' }), {
    message: 'unauthorized_client',
  });
});
