import { createHash, createHmac, randomUUID } from 'node:crypto';

/** One signed call as the gateway would send it; every part can be changed to see it refused. */
export type Draft = {
  method: string;
  authority: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  covered: string[];
  created: number;
  nonce: string;
  secret: string;
};

export const SECRET = 'synthetic-secret-of-the-tests';
const IDENTITY = ['x-user-id', 'x-client-id', 'x-scopes', 'x-tool-name', 'x-request-id'];

export function keyidOf(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex').slice(0, 16);
}

/** A complete call to sign. `headers` join the tool name and request id; the covered list follows them. */
export function draft(changes: Partial<Draft> = {}): Draft {
  const body = changes.body ?? '{}';
  const digest = createHash('sha256').update(body).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'content-digest': `sha-256=:${digest}:`,
    'x-tool-name': 'listEvents',
    'x-request-id': 'req-1',
    ...changes.headers,
  };
  const named = Object.keys(headers).filter((name) => name.startsWith('x-'));
  const others = named.filter((name) => !IDENTITY.includes(name));
  const identity = [...IDENTITY.filter((name) => named.includes(name)), ...others];
  return {
    method: 'POST',
    authority: '127.0.0.1:8081',
    path: '/functions/listEvents',
    covered: ['@method', '@authority', '@path', 'content-digest', ...identity],
    created: Math.floor(Date.now() / 1000),
    nonce: randomUUID(),
    secret: SECRET,
    ...changes,
    body,
    headers,
  };
}

/** Signs by RFC 9421: the headers to send, `signature-input` and `signature` among them. */
export function sign(call: Draft): Record<string, string> {
  const derived: Record<string, string> = {
    '@method': call.method,
    '@authority': call.authority,
    '@path': call.path,
  };
  const list = call.covered.map((name) => `"${name}"`).join(' ');
  const parameters =
    `(${list});created=${call.created};nonce="${call.nonce}"` +
    `;keyid="${keyidOf(call.secret)}";alg="hmac-sha256"`;
  const base = call.covered.map((name) => `"${name}": ${derived[name] ?? call.headers[name]}\n`);
  const mac = createHmac('sha256', call.secret).update(
    `${base.join('')}"@signature-params": ${parameters}`,
  );
  return {
    ...call.headers,
    'signature-input': `gateway=${parameters}`,
    signature: `gateway=:${mac.digest('base64')}:`,
  };
}
