import { startBackend } from '../../../examples/backend/app.ts';
import { type Draft, draft, SECRET, sign } from './sign.ts';

/** Starts a backend that ends with the test. */
export async function build(t: { teardown(end: () => Promise<void>): void }) {
  const backend = await startBackend({ secrets: [SECRET] });
  t.teardown(() => backend.close());
  return backend;
}

/** A call of a tool as the gateway makes it; `user` empty = anonymous. */
export function toolCall(url: string, tool: string, input: unknown, user = '', scopes = '') {
  const { host, pathname } = new URL(`${url}/${tool}`);
  const identity = { ...(user && { 'x-user-id': user }), ...(scopes && { 'x-scopes': scopes }) };
  const headers = { 'x-tool-name': tool, ...identity };
  const body = typeof input === 'string' ? input : JSON.stringify(input);
  return draft({ authority: host, path: pathname, headers, body });
}

/** Sends a call, signed unless other headers are given. */
export async function send(call: Draft, headers = sign(call)) {
  const { method, authority, path, body } = call;
  const answer = await fetch(`http://${authority}${path}`, {
    method,
    headers,
    body: body || null,
  });
  return { status: answer.status, body: await answer.json() };
}
