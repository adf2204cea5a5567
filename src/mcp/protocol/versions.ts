import { codes, ProtocolError } from './message.ts';

/** `modern`: every request says all of itself. `legacy`: `initialize` once, at the beginning. */
export type Era = 'legacy' | 'modern';

/** Newest first. */
const modern = ['2026-07-28'] as const;
const legacy = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

/** All that is spoken here, newest first. */
export const supported: readonly string[] = [...modern, ...legacy];

const [latestLegacy] = legacy;

const within = (versions: readonly string[], version: unknown): version is string =>
  (versions as readonly unknown[]).includes(version);

export const isModern = (version: unknown): version is string => within(modern, version);
export const isLegacy = (version: unknown): version is string => within(legacy, version);

/** The version `initialize` agrees on: the client's, or the newest of its era (MCP lifecycle). */
export const negotiate = (requested: unknown): string =>
  isLegacy(requested) ? requested : latestLegacy;

/** The answer to a version that is not spoken here: HTTP 400, naming those that are. */
export function unsupportedVersion(requested: unknown): ProtocolError {
  const data = { supported, requested };
  return new ProtocolError(codes.unsupportedVersion, 'Unsupported protocol version', {
    status: 400,
    data,
  });
}
