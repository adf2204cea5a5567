import type { TenantClient } from './client.ts';

/** Where a pin stands in `client_metadata`. */
export const pinKey = 'gateway_pin';

/** What an administrator can pin a client with, and what that does. No pin lets a foreign redirect in. */
export const pins = {
  allow: 'Counts as registered by itself, though it lacks the mark; its redirects must be allowed.',
  deny: 'Is never promoted. What it has already stays until you take it away.',
  keep: 'Is never deleted, however long nobody uses it.',
} as const;

export type Pin = keyof typeof pins;

export const isPin = (word: string): word is Pin => Object.hasOwn(pins, word);

/** The pin of `client` as it is written there, also when it is no word of ours. */
export function pinOf({ client_metadata: metadata }: TenantClient): string | undefined {
  const pin = metadata?.[pinKey];
  return pin === undefined || pin === '' ? undefined : String(pin);
}
