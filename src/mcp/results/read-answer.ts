import { nestsDeeper } from '../../json-depth.ts';
import { isJson, readMedia, textOf } from './media.ts';

/** An answer of the backend with all its bytes. */
export interface WholeAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Where the body is the one piece of a stream that is no report: the stream as it came. */
  readonly stream?: Stream;
}

/** An answer that came piece by piece. */
export interface Stream {
  readonly headers: WholeAnswer['headers'];
  readonly body: Buffer;
  /** Whether it told any progress. */
  readonly reported: boolean;
}

/** What an answer says. */
export interface Said {
  /** Media type in lower case; undefined where the backend names none. */
  readonly type: string | undefined;
  /** Undefined where it is binary. */
  readonly text: string | undefined;
  /** The value of a JSON text; undefined where it is none. */
  readonly json: unknown;
}

/** The value of a JSON text; undefined where it is none, or too deep to be written again. */
export function parseText(text: string): unknown {
  if (nestsDeeper(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Decodes and parses the body of an answer as its content type wants it. */
export function readAnswer({ headers, body }: WholeAnswer): Said {
  const media = readMedia(headers['content-type']);
  const text = textOf(body, media);
  const json = text !== undefined && media && isJson(media) ? parseText(text) : undefined;
  return { type: media?.type, text, json };
}
