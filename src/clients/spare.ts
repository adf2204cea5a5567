import { isMarked, type TenantClient } from './client.ts';
import { pinOf } from './pin.ts';
import { lastSeen } from './usage.ts';

/** Why a client is not deleted: stable words, and what each means to an operator. */
export const spared = {
  not_promoted: 'The gateway did not promote it, so it is not for the gateway to delete.',
  not_self_registered: 'It did not register itself, or nothing says so.',
  pinned: 'It is pinned.',
  never_dated: 'When it was promoted or last used cannot be read from its client_metadata.',
  in_use: 'It was promoted or used within RETIRE_UNUSED_DAYS.',
  refresh_token: 'A person holds a living refresh token of it.',
  user_grant: "A person's consent for it is on record: it would be missed.",
  unknown: 'The tenant did not tell whether anybody still holds a token of it.',
  gone: 'It was gone already.',
  enough: 'RETIRE_MAX clients were deleted in this sweep already.',
} as const;

export type Spared = keyof typeof spared;

const dayMs = 86_400_000;

/**
 * Why `client` must not be deleted, as far as itself shows; undefined when nothing speaks for it.
 * @param days without use
 * @param now unix milliseconds
 */
export function spare(client: TenantClient, days: number, now: number): Spared | undefined {
  if (!isMarked(client)) return 'not_promoted';
  const { external_metadata_type: type, external_metadata_created_by: by } = client;
  if (type !== 'dcr' || by === 'admin') return 'not_self_registered';
  if (pinOf(client) !== undefined) return 'pinned';
  const seen = lastSeen(client);
  if (Number.isNaN(seen)) return 'never_dated';
  return now - seen < days * dayMs ? 'in_use' : undefined;
}
