import { createHmac, createSecretKey, hash } from 'node:crypto';

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

/** What makes every signature another one. */
export interface Moment {
  /** Seconds since the epoch. */
  readonly created: number;
  readonly nonce: string;
}

/** The headers to add: Content-Digest, Signature-Input, Signature. */
export type Sign = (message: Message, moment: Moment) => [name: string, value: string][];

/** The Content-Digest value of a body (RFC 9530 §2). */
export const contentDigest = (body: Uint8Array): string =>
  `sha-256=:${hash('sha256', body, 'base64')}:`;

/** HTTP Message Signatures with hmac-sha256 under one secret (RFC 9421 §2.5, §3.3.3). */
export function createSign(secret: string): Sign {
  const key = createSecretKey(secret, 'utf8');
  // A short digest of the secret tells the backend which of its secrets to use.
  const keyId = hash('sha256', secret, 'hex').slice(0, 16);
  return (message, { created, nonce }) => {
    const digest = contentDigest(message.body);
    const components: (readonly [string, string])[] = [
      ['@method', message.method],
      ['@authority', message.authority],
      ['@path', message.path],
      ['content-digest', digest],
      ...message.headers,
    ];
    const covered = components.map(([name]) => `"${name}"`).join(' ');
    const parameters = `(${covered});created=${created};nonce="${nonce}";keyid="${keyId}";alg="hmac-sha256"`;
    const lines = components.map(([name, value]) => `"${name}": ${value}`);
    const base = `${lines.join('\n')}\n"@signature-params": ${parameters}`;
    const signature = createHmac('sha256', key).update(base).digest('base64');
    return [
      ['content-digest', digest],
      ['signature-input', `gateway=${parameters}`],
      ['signature', `gateway=:${signature}:`],
    ];
  };
}
