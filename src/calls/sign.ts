import { createHash, createHmac } from 'node:crypto';

export interface Message {
  readonly method: string;
  /** Host, with the port where it is not the scheme's default; lower case. */
  readonly authority: string;
  /** Without query. */
  readonly path: string;
  readonly body: Uint8Array;
  /** Identity headers: all of them are covered. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface Signing {
  readonly secret: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly nonce: string;
}

/** A short digest of the secret: tells the backend which of its secrets to use. */
const keyId = (secret: string): string =>
  createHash('sha256').update(secret).digest('hex').slice(0, 16);

/** The Content-Digest value of a body (RFC 9530 §2). */
export const contentDigest = (body: Uint8Array): string =>
  `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

/**
 * HTTP Message Signature with hmac-sha256 (RFC 9421 §2.5, §3.3.3).
 * @returns the headers to add: Content-Digest, Signature-Input, Signature.
 */
export function sign(message: Message, { secret, created, nonce }: Signing): [string, string][] {
  const digest = contentDigest(message.body);
  const components: (readonly [string, string])[] = [
    ['@method', message.method],
    ['@authority', message.authority],
    ['@path', message.path],
    ['content-digest', digest],
    ...message.headers,
  ];
  const covered = components.map(([name]) => `"${name}"`).join(' ');
  const parameters = `(${covered});created=${created};nonce="${nonce}";keyid="${keyId(secret)}";alg="hmac-sha256"`;
  const lines = components.map(([name, value]) => `"${name}": ${value}`);
  const base = `${lines.join('\n')}\n"@signature-params": ${parameters}`;
  const signature = createHmac('sha256', secret).update(base).digest('base64');
  return [
    ['content-digest', digest],
    ['signature-input', `gateway=${parameters}`],
    ['signature', `gateway=:${signature}:`],
  ];
}
