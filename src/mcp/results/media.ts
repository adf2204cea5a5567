import { isUtf8 } from 'node:buffer';

/** What a content type says (RFC 9110 §8.3.1), in lower case; `charset` is '' without one. */
export interface Media {
  readonly type: string;
  readonly charset: string;
}

const typeShape = /^\s*([\w!#$&^.+-]+\/[\w!#$&^.+-]+)\s*(?:;|$)/;
const charsetShape = /;\s*charset\s*=\s*"?([^\s";]+)/i;

function parseMedia(contentType: string): Media | undefined {
  const [, type] = typeShape.exec(contentType) ?? [];
  if (type === undefined) return undefined;
  const [, charset = ''] = charsetShape.exec(contentType) ?? [];
  return { type: type.toLowerCase(), charset: charset.toLowerCase() };
}

/** Backends say few different ones, and each with every answer. */
const seen = new Map<string, Media | undefined>();
const mostSeen = 100;

/** Reads a content type; undefined where there is none that can be understood. */
export function readMedia(contentType = ''): Media | undefined {
  const known = seen.get(contentType);
  if (known || seen.has(contentType)) return known;
  if (seen.size >= mostSeen) seen.clear();
  const media = parseMedia(contentType);
  seen.set(contentType, media);
  return media;
}

/** RFC 6839 §3.1: the suffix says JSON too. */
export const isJson = ({ type }: Media): boolean => /^application\/(?:[^/]+\+)?json$/.test(type);

/** Answers that come piece by piece: lines of JSON, or server-sent events. */
const streams: ReadonlySet<string> = new Set([
  'text/event-stream',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
]);

/** Whether a content type is one of pieces, each of which is a value of its own. */
export const isStream = (contentType?: string): boolean =>
  streams.has(readMedia(contentType)?.type ?? '');

/** Types beside `text/*` that people read. */
const readable =
  /^text\/|\+(?:json|xml|yaml)$|^application\/(?:json|xml|(?:x-)?yaml|toml|sql|graphql|(?:x-)?javascript|ecmascript|(?:x-)?ndjson|jsonl(?:ines)?|x-www-form-urlencoded)$/;

/** Their bytes are good UTF-8 where they are good at all. */
const asUtf8: ReadonlySet<string> = new Set(['', 'utf-8', 'utf8', 'us-ascii']);

const hasMark = (body: Buffer): boolean => body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;

/** Types that say nothing of the bytes; the second is what servers say when they know none. */
export const isUnknown = (type: string | undefined): boolean =>
  type === undefined || type === 'application/octet-stream';

/** Control characters that no text has: all of ASCII but tab, line feed, form feed and return. */
const isControl = (byte: number): boolean =>
  byte === 0x7f || (byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(byte));

/** Undefined where the bytes are not of that charset (WHATWG Encoding), or nobody knows it. */
function decode(body: Buffer, charset: string): string | undefined {
  if (asUtf8.has(charset)) {
    return isUtf8(body) ? body.toString('utf8', hasMark(body) ? 3 : 0) : undefined;
  }
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

/**
 * The text that bytes are, by their type; undefined = binary: of a type nobody reads, or not what
 * the type says. Bytes without a type, and `application/octet-stream`, are text where they are
 * UTF-8 without control characters.
 */
export function textOf(body: Buffer, media: Media | undefined): string | undefined {
  if (media === undefined || isUnknown(media.type)) {
    return body.some(isControl) ? undefined : decode(body, '');
  }
  const { type, charset } = media;
  if (!readable.test(type)) return undefined;
  if (!isJson(media)) return decode(body, charset);
  // RFC 8259 §8.1 wants UTF-8, and §11 knows no charset; what says another mostly is UTF-8.
  const first = charset.startsWith('utf-16') ? charset : '';
  return decode(body, first) ?? decode(body, charset);
}
