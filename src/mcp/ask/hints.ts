import { encodeHeaderValue } from '../../calls/caller.ts';
import type { Params } from '../protocol/message.ts';

/** What ChatGPT tells with a call (OpenAI Apps SDK, client-provided `_meta` fields). */
const known = ['locale', 'userAgent', 'userLocation', 'subject', 'session'] as const;

/** Characters of the header; more than ChatGPT ever says, too few to do harm. */
const most = 2_048;

/**
 * The hints of a client about its person, for the backend: JSON in one header, encoded as every
 * identity header is. They are the client's word, no identity: nothing may be allowed for them.
 * @returns undefined without any, and where they are too long.
 */
export function readHints(meta: Params): string | undefined {
  const said = known.flatMap((name) => {
    const value = meta[`openai/${name}`];
    return value === undefined ? [] : [[name, value] as const];
  });
  if (said.length === 0) return undefined;
  const text = JSON.stringify(Object.fromEntries(said));
  if (text.length > most) return undefined;
  const encoded = encodeHeaderValue(text);
  return encoded.length > most ? undefined : encoded;
}
