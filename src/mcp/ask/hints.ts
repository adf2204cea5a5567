import { encodeHeaderValue } from '../../calls/caller.ts';
import type { Params } from '../protocol/message.ts';

/** What ChatGPT tells with a call (OpenAI Apps SDK, client-provided `_meta` fields). */
const known = ['locale', 'userAgent', 'userLocation', 'subject', 'session'].map(
  (name) => [name, `openai/${name}`] as const,
);

/** Characters of the header; more than ChatGPT ever says, too few to do harm. */
const most = 2_048;

/**
 * The hints of a client about its person, for the backend: JSON in one header, encoded as every
 * identity header is. They are the client's word, no identity: nothing may be allowed for them.
 * @returns undefined without any, and where they are too long.
 */
export function readHints(meta: Params): string | undefined {
  let said: Record<string, unknown> | undefined;
  for (const [name, key] of known) {
    if (meta[key] === undefined) continue;
    said ??= {};
    said[name] = meta[key];
  }
  if (said === undefined) return undefined;
  const text = JSON.stringify(said);
  if (text.length > most) return undefined;
  const encoded = encodeHeaderValue(text);
  return encoded.length > most ? undefined : encoded;
}
