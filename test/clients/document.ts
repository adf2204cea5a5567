import type { Test } from 'tap';
import type { Tenant } from '../../examples/tenant/tenant.ts';
import { json, type Recorder, startRecorder } from '../recorder.ts';
import { platform } from './rig.ts';

export const url = 'https://chatgpt.com/oauth/client.json';

/** Synthetic: what ChatGPT's client metadata document may look like. */
export const document = {
  client_id: url,
  client_name: 'ChatGPT',
  redirect_uris: [platform],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
};

/** Serves the document on loopback, where the tenant looks for it. */
export async function documentHost(t: Test, { state }: Tenant): Promise<Recorder> {
  const host = await startRecorder(t, json(document));
  state.documents.set(url, host.url);
  return host;
}
