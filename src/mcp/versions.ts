import { type Params, ProtocolError } from './message.ts';

/** Newest first. */
const supported = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

const [latest] = supported;

const isSupported = (version: unknown): version is string =>
  (supported as readonly unknown[]).includes(version);

/** The version `initialize` agrees on: the client's, or the newest of ours (MCP lifecycle). */
export const negotiate = (requested: unknown): string =>
  isSupported(requested) ? requested : latest;

const unsupported = -32022;
const modernVersion = 'io.modelcontextprotocol/protocolVersion';

/**
 * Refuses a version that is not spoken here, whether the header or the body names it.
 * @throws {ProtocolError} with HTTP 400, naming those that are.
 */
export function checkVersion(header: string | undefined, params: Params): void {
  const meta = Object(params['_meta']) as Record<string, unknown>;
  for (const requested of [header, meta[modernVersion]]) {
    if (requested === undefined || isSupported(requested)) continue;
    const data = { supported, requested };
    throw new ProtocolError(unsupported, 'Unsupported protocol version', { status: 400, data });
  }
}
