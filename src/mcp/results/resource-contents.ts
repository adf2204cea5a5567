import { isStream, isUnknown, readMedia, textOf } from './media.ts';
import { isResourceResult } from './native.ts';
import { readAnswer, type WholeAnswer } from './read-answer.ts';

/** What the catalog knows of a resource that a backend answers. */
export interface Shown {
  readonly uri: string;
  /** Instead of the content type of the answer. */
  readonly mimeType?: string | undefined;
  readonly _meta?: object | undefined;
}

/**
 * A resource is data: a stream of one piece stays as it came where nothing in it is a report, or
 * the catalog says that the resource is a stream.
 */
function dataOf(answer: WholeAnswer, mimeType: string | undefined): WholeAnswer {
  const { status, stream } = answer;
  if (!stream) return answer;
  const asItCame = mimeType === undefined ? !stream.reported : isStream(mimeType);
  return asItCame ? { status, ...stream } : answer;
}

/**
 * An answer of the backend as result of `resources/read`: `{"contents": […]}` passes verbatim,
 * everything else is the one resource that was asked for, as text where its type is text (by the
 * content type, or by the catalog's where that says nothing) and as blob otherwise.
 */
export function toResourceContents(
  answer: WholeAnswer,
  { uri, mimeType, _meta }: Shown,
): { readonly contents: readonly object[] } {
  const { json } = readAnswer(answer);
  if (isResourceResult(json)) {
    const { resultType: _, ...result } = json;
    return result;
  }
  const data = dataOf(answer, mimeType);
  const { body } = data;
  const said = readAnswer(data);
  const known = isUnknown(said.type) && mimeType !== undefined ? undefined : said.text;
  const text = known ?? (mimeType === undefined ? undefined : textOf(body, readMedia(mimeType)));
  const type = mimeType ?? said.type;
  return {
    contents: [
      {
        uri,
        ...(type === undefined ? {} : { mimeType: type }),
        ...(text === undefined ? { blob: body.toString('base64') } : { text }),
        ...(_meta === undefined ? {} : { _meta }),
      },
    ],
  };
}

/** Seconds that RFC 9111 §1.2.2 wants understood; more is as good as this. */
const longest = 2 ** 31;

const directive = /([^\s,;="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;

/**
 * Milliseconds an answer stays fresh: `max-age` of Cache-Control (RFC 9111 §5.2.2.1). 0 without
 * one, with `no-store` or `no-cache`, and where it is malformed or stands twice (§4.2.1).
 */
export function ttlOf(headers: WholeAnswer['headers']): number {
  const ages: string[] = [];
  for (const [, name = '', quoted, plain] of (headers['cache-control'] ?? '').matchAll(directive)) {
    const word = name.toLowerCase();
    if (word === 'no-store' || word === 'no-cache') return 0;
    if (word === 'max-age') ages.push(quoted ?? plain ?? '');
  }
  const [age = '', ...more] = ages;
  if (more.length > 0 || !/^\d+$/.test(age)) return 0;
  return Math.min(Number(age), longest) * 1000;
}
