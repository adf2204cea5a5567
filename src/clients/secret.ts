import { createHash, timingSafeEqual } from 'node:crypto';

/** The value itself: operators type `Bearer x` or just `x` into the log stream and the settings. */
const digest = (value: string): Buffer =>
  createHash('sha256')
    .update(value.trim().replace(/^Bearer\s+/i, ''))
    .digest();

/**
 * True when the Authorization `header` is one of the `secrets` (several while they are rotated).
 * Compares digests in constant time, each of them, so that neither length nor order shows.
 */
export function isSecret(header: string | undefined, secrets: readonly string[]): boolean {
  const given = digest(header ?? '');
  return secrets.map((secret) => timingSafeEqual(given, digest(secret))).includes(true);
}
