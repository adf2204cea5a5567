import { decodeJwt } from 'jose';
import t, { type Test } from 'tap';
import { json, startRecorder } from '../../../recorder.ts';
import { connect, redirect } from '../connect.ts';
import { api, openTenant, send } from '../open-tenant.ts';

const url = 'https://chatgpt.com/oauth/client.json';

/** Synthetic: what ChatGPT's document may look like. */
const document = {
  client_id: url,
  client_name: 'ChatGPT',
  redirect_uris: [redirect],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
};

/** A tenant that finds the document on loopback. */
async function openWithDocument(t: Test, body: object = document) {
  const host = await startRecorder(t, json(body));
  const open = await openTenant(t);
  const { tenant } = open;
  const patched = await send('PATCH', `${tenant.origin}/__tenant`, {
    documents: { [url]: host.url },
  });
  t.match(patched.body, { documents: { [url]: host.url } });
  return { ...open, host };
}

t.test('a document is previewed without a change', async (t) => {
  const { management, tenant } = await openWithDocument(t);
  const before = tenant.state.clients.size;
  t.strictSame(await management.clients.previewCimdMetadata({ external_client_id: url }), {
    validation: { valid: true, violations: [], warnings: [] },
    mapped_fields: {
      external_client_id: url,
      name: 'ChatGPT',
      callbacks: [redirect],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
  });
  t.equal(tenant.state.clients.size, before);
});

t.test('registered twice it is one strict client, and what is noted on it stays', async (t) => {
  const { management, tenant, host } = await openWithDocument(t);
  const { client_id: id } = await management.clients.registerCimdClient({
    external_client_id: url,
  });
  t.match(tenant.state.clients.get(id), {
    client_id: /^tpc_/,
    third_party_security_mode: 'strict',
    external_metadata_type: 'cimd',
    external_metadata_created_by: 'admin',
    external_client_id: url,
  });
  await management.clients.update(id, { client_metadata: { noted: 'yes' } });
  host.answer = json({ ...document, client_name: 'ChatGPT, renamed' });
  const again = await management.clients.registerCimdClient({ external_client_id: url });
  t.equal(again.client_id, id);
  t.match(tenant.state.clients.get(id), {
    name: 'ChatGPT, renamed',
    client_metadata: { noted: 'yes' },
  });
  t.match(await management.clients.previewCimdMetadata({ external_client_id: url }), {
    client_id: id,
  });
  const { data } = await management.clients.list({ external_client_id: url });
  t.match(data, [{ client_id: id }]);
});

t.test('the URL is its client id, at the tenant and in the token', async (t) => {
  const { management, tenant } = await openWithDocument(t);
  const { client_id } = await management.clients.registerCimdClient({ external_client_id: url });
  for (const { id } of tenant.state.connections.values()) {
    await management.connections.update(id, { is_domain_connection: true });
  }
  const grant = { client_id, audience: api, scope: ['events:read'] };
  await management.clientGrants.create({ ...grant, subject_type: 'user' });
  const tokens = await connect(tenant, url, api);
  t.match(decodeJwt(tokens.access_token), { azp: url, scope: 'events:read offline_access' });
});

const bad: [what: string, document: object, why: RegExp][] = [
  ['without redirects', { ...document, redirect_uris: [] }, /redirect_uris/],
  ['of another URL', { ...document, client_id: `${url}?` }, /client_id: is not the URL/],
  [
    'with a shared secret',
    { ...document, token_endpoint_auth_method: 'client_secret_post' },
    /method/,
  ],
];
for (const [what, body, why] of bad) {
  t.test(`a document ${what} is refused`, async (t) => {
    const { management, call } = await openWithDocument(t, body);
    const { validation, mapped_fields } = await management.clients.previewCimdMetadata({
      external_client_id: url,
    });
    t.match(validation, { valid: false, violations: [why] });
    t.equal(mapped_fields, undefined);
    const refused = await call('POST', '/clients/cimd/register', { external_client_id: url });
    t.match(refused, { status: 400, body: { errorCode: 'invalid_body', message: why } });
  });
}

t.test('a document that cannot be fetched, or is none', async (t) => {
  const { management, call, host } = await openWithDocument(t);
  host.answer = (response) => response.end('<html>');
  t.match(await management.clients.previewCimdMetadata({ external_client_id: url }), {
    validation: { valid: false },
  });
  host.answer = json({}, 404);
  const lost = { errors: [/cannot be fetched/] };
  t.match(await management.clients.previewCimdMetadata({ external_client_id: url }), lost);
  const other = 'https://example.com/client.json';
  t.match(await management.clients.previewCimdMetadata({ external_client_id: other }), lost);
  for (const external_client_id of ['http://example.com/client.json', 'client.json']) {
    t.match(await call('POST', '/clients/cimd/preview', { external_client_id }), { status: 400 });
  }
});

t.test('documents are fetched from loopback only', async (t) => {
  const { tenant } = await openTenant(t);
  const documents = { [url]: 'http://198.51.100.1/' };
  t.match(await send('PATCH', `${tenant.origin}/__tenant`, { documents }), { status: 400 });
});
