import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { isObject } from '../protocol/message.ts';

/** What a state belongs to; it is worth nothing anywhere else. */
export interface Belonging {
  readonly subject: string;
  readonly clientId: string;
  /** A person may belong to several, and be another customer in each. */
  readonly organization?: string | undefined;
  /** The tool, resource or prompt. */
  readonly target: string;
  readonly input: unknown;
}

/** Carries a backend's state through the client, unread and unchanged. */
export interface RequestState {
  seal(state: string, belonging: Belonging): string;
  /** @returns undefined for what was not sealed here, for this, or too long ago. */
  open(sealed: string, belonging: Belonging): string | undefined;
}

/** Milliseconds a person may take to answer. */
const lifetime = 15 * 60_000;

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
const timeBytes = 8;

/** The same text for the same value, whatever the order of its members (RFC 8785 in spirit). */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    isObject(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

const digestOf = ({ subject, clientId, organization, target, input }: Belonging): Buffer =>
  createHash('sha256')
    .update(canonical([subject, clientId, organization, target, input]))
    .digest();

const keyOf = (secret: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', 'openai-auth0-gateway request state', 32));

/**
 * A state passes through the hands of a client, who must neither read nor change it, nor use it as
 * somebody else, for another call or much later (MCP 2026-07-28, multi round-trip requests).
 * @param secrets the first seals, all open; none = a key of this process, good for one replica.
 * @param now milliseconds since the epoch.
 */
export function createRequestState(
  secrets: readonly string[],
  now: () => number = Date.now,
): RequestState {
  const given = secrets.map(keyOf);
  const keys = given.length > 0 ? given : [randomBytes(32)];
  const [sealing = randomBytes(32)] = keys;

  const openWith = (key: Buffer, sealed: Buffer, digest: Buffer): string | undefined => {
    const iv = sealed.subarray(0, ivBytes);
    const tag = sealed.subarray(ivBytes, ivBytes + tagBytes);
    const decipher = createDecipheriv(cipher, key, iv).setAAD(digest).setAuthTag(tag);
    try {
      const opened = Buffer.concat([
        decipher.update(sealed.subarray(ivBytes + tagBytes)),
        decipher.final(),
      ]);
      if (now() > Number(opened.readBigUInt64BE(0))) return undefined;
      return opened.subarray(timeBytes).toString();
    } catch {
      return undefined;
    }
  };

  return {
    seal(state, belonging) {
      const until = Buffer.alloc(timeBytes);
      until.writeBigUInt64BE(BigInt(now() + lifetime));
      const iv = randomBytes(ivBytes);
      const encipher = createCipheriv(cipher, sealing, iv).setAAD(digestOf(belonging));
      const body = Buffer.concat([
        encipher.update(until),
        encipher.update(state),
        encipher.final(),
      ]);
      return Buffer.concat([iv, encipher.getAuthTag(), body]).toString('base64url');
    },
    open(text, belonging) {
      const sealed = Buffer.from(text, 'base64url');
      // A text has one spelling, and one that is too short holds nothing.
      if (sealed.toString('base64url') !== text) return undefined;
      if (sealed.length < ivBytes + tagBytes + timeBytes) return undefined;
      const digest = digestOf(belonging);
      for (const key of keys) {
        const state = openWith(key, sealed, digest);
        if (state !== undefined) return state;
      }
      return undefined;
    },
  };
}
