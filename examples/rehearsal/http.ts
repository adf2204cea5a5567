import type { FetchLike } from '@modelcontextprotocol/client';

/** Milliseconds an answer may take. */
const longest = 15_000;

/** fetch with the rehearsal's user agent and an end. */
export function createFetch(userAgent: string): FetchLike {
  return (url, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('user-agent', userAgent);
    const end = AbortSignal.timeout(longest);
    const signal = init.signal ? AbortSignal.any([init.signal, end]) : end;
    return fetch(url, { ...init, headers, signal });
  };
}

export interface JsonAnswer {
  readonly url: string;
  readonly status: number;
  /** Undefined = the body is no JSON. */
  readonly json: unknown;
}

/** Any text as JSON, undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads a document. Throws when nothing answers. */
export async function readJson(fetch: FetchLike, url: URL | string): Promise<JsonAnswer> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  return { url: String(url), status: response.status, json: parseJson(await response.text()) };
}

/** One line of somebody else's text. */
export const shorten = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
};
